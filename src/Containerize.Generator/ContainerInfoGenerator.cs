using Microsoft.CodeAnalysis;

namespace Containerize.Generator;

/// <summary>Emits the internal static partial class <c>Containerize.ContainerInfo</c> where the property ContainerGenerateInfo is true.</summary>
/// <remarks>
/// The image's digest cannot be in it: the image contains the assembly, whose bytes the digest would change.
/// The pipeline reads no source text, so an edit of code leaves every step cached.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class ContainerInfoGenerator : IIncrementalGenerator
{
    /// <summary>The step that reads the project's properties.</summary>
    public const string ReadStep = "ReadProperties";

    /// <summary>The step that makes the facts of them.</summary>
    public const string FactsStep = "ContainerFacts";

    /// <inheritdoc />
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var properties = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => ContainerProperties.Read(options.GlobalOptions))
            .WithTrackingName(ReadStep);

        var facts = properties
            .Select(static (read, _) => read.IsEnabled ? ContainerFacts.Of(read) : null)
            .WithTrackingName(FactsStep);

        context.RegisterSourceOutput(facts, static (output, facts) =>
        {
            if (facts is not null)
            {
                output.AddSource("Containerize.ContainerInfo.g.cs", ContainerInfoText.Of(facts));
            }
        });
    }
}
