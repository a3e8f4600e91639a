using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Containerize.DocumentGenerator;

/// <summary>Completes a class that has <c>[Documents(typeof(T), ...)]</c> with <c>ReadT</c> and <c>Write</c> for each of the types.</summary>
/// <remarks>
/// System.Text.Json's own generator makes descriptions of types, which a serializer then reads at run time:
/// more objects than all the rest of a container's start allocates. What is made here is only code.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class DocumentGenerator : IIncrementalGenerator
{
    private const string Attribute = "Containerize.Documents.DocumentsAttribute";

    /// <inheritdoc />
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // The text is what is compared: while it stays, nothing is compiled again.
        var texts = context.SyntaxProvider.ForAttributeWithMetadataName(
            Attribute,
            static (_, _) => true,
            static (found, _) => DocumentText.Of((INamedTypeSymbol)found.TargetSymbol, Types(found.Attributes)));
        context.RegisterSourceOutput(texts, static (output, text) => output.AddSource("Documents.g.cs", SourceText.From(text, Encoding.UTF8)));
    }

    private static IReadOnlyList<INamedTypeSymbol> Types(ImmutableArray<AttributeData> attributes) =>
        [.. attributes.SelectMany(a => a.ConstructorArguments).SelectMany(a => a.Values).Select(v => v.Value).OfType<INamedTypeSymbol>()];
}
