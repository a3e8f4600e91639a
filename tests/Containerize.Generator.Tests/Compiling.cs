using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Containerize.Generator.Tests;

/// <summary>A compilation with the generator and with properties as MSBuild would pass them.</summary>
internal static class Compiling
{
    internal static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp12, DocumentationMode.Diagnose);

    internal static CSharpCompilation Of(params string[] sources) => CSharpCompilation.Create(
        "App",
        sources.Select(s => CSharpSyntaxTree.ParseText(s, ParseOptions)),
        References(),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    internal static GeneratorDriver Driver(params (string Name, string Value)[] properties) => CSharpGeneratorDriver.Create(
        [new ContainerInfoGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        optionsProvider: Options(properties),
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    internal static AnalyzerConfigOptionsProvider Options(params (string Name, string Value)[] properties) =>
        new Provider(properties.ToImmutableDictionary(p => "build_property." + p.Name, p => p.Value));

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p));

    private sealed class Provider(ImmutableDictionary<string, string> values) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(values);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Values(ImmutableDictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, out string value) => values.TryGetValue(key, out value!);
    }
}
