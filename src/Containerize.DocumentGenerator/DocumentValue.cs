using Microsoft.CodeAnalysis;

namespace Containerize.DocumentGenerator;

/// <summary>How a value stands in a document.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Type">Its type in C#, without a question mark.</param>
/// <param name="Item">The values in it, of a list or a map.</param>
internal sealed record DocumentValue(DocumentKind Kind, ITypeSymbol Type, DocumentValue? Item)
{
    /// <summary>The type's full name.</summary>
    public string TypeName => Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    /// <summary>What the methods for it are named after.</summary>
    public string Name => Kind switch
    {
        DocumentKind.List => $"ListOf{Item!.Name}",
        DocumentKind.Map => $"MapOf{Item!.Name}",
        _ => Type.Name,
    };

    /// <summary>Sorts a type.</summary>
    public static DocumentValue Of(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            return Of(nullable.TypeArguments[0]);
        }

        var plain = type.WithNullableAnnotation(NullableAnnotation.None);
        switch (type.SpecialType)
        {
            case SpecialType.System_String:
                return new(DocumentKind.Text, plain, null);
            case SpecialType.System_Boolean:
                return new(DocumentKind.Truth, plain, null);
            case SpecialType.System_UInt16 or SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64 or SpecialType.System_UInt64:
                return new(DocumentKind.Number, plain, null);
        }

        return type is INamedTypeSymbol { IsGenericType: true } generic
            ? new(generic.TypeArguments.Length == 2 ? DocumentKind.Map : DocumentKind.List, plain, Of(generic.TypeArguments.Last()))
            : new(DocumentKind.Record, plain, null);
    }
}

/// <summary>The kinds of values.</summary>
internal enum DocumentKind
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>true or false.</summary>
    Truth,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>An array.</summary>
    List,

    /// <summary>An object whose names are data.</summary>
    Map,

    /// <summary>An object with known names.</summary>
    Record,
}
