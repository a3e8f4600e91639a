using System.Text;
using Microsoft.CodeAnalysis;

namespace Containerize.DocumentGenerator;

/// <summary>A property of a record in a document.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="JsonName">And in JSON: what JsonPropertyName says, or camel case.</param>
/// <param name="Declared">Its type as declared.</param>
/// <param name="Value">How its value stands in the document.</param>
internal sealed record DocumentProperty(string Name, string JsonName, string Declared, DocumentValue Value)
{
    private static readonly SymbolDisplayFormat WithNullability =
        SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>Those of a record, in their order.</summary>
    public static IReadOnlyList<DocumentProperty> Of(ITypeSymbol record) =>
    [
        .. record.GetMembers().OfType<IPropertySymbol>()
            .Where(p => p is { IsStatic: false, SetMethod: not null, DeclaredAccessibility: Accessibility.Public })
            .Select(p => new DocumentProperty(p.Name, JsonNameOf(p), p.Type.ToDisplayString(WithNullability), DocumentValue.Of(p.Type))),
    ];

    private static string JsonNameOf(IPropertySymbol property) =>
        property.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Name == "JsonPropertyNameAttribute")?.ConstructorArguments[0].Value as string
        ?? CamelCase(property.Name);

    // As JsonNamingPolicy.CamelCase: of capitals that follow each other the last stays, where a word begins with it.
    private static string CamelCase(string name)
    {
        var text = new StringBuilder(name);
        for (var i = 0; i < name.Length && char.IsUpper(name[i]); i++)
        {
            if (i > 0 && i + 1 < name.Length && !char.IsUpper(name[i + 1]))
            {
                break;
            }

            text[i] = char.ToLowerInvariant(name[i]);
        }

        return text.ToString();
    }
}
