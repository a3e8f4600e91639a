using Containerize.Testing;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Containerize.Generator.Tests;

public class GeneratingContainerInfo
{
    [Fact]
    public void WritesTheSettingsOfTheProject()
    {
        Verify.Text(Generate(
            ("ContainerGenerateInfo", "true"),
            ("ContainerRepository", "team/app"),
            ("ContainerImageTag", "1.2"),
            ("ContainerBaseImage", "mcr.microsoft.com/dotnet/aspnet:10.0"),
            ("ContainerInfoPorts", "8080/tcp;9090/udp"),
            ("ContainerUser", "app"),
            ("ContainerWorkingDirectory", "/srv")));
    }

    [Fact]
    public void HasDefaultsWhereTheProjectSaysNothing()
    {
        var text = Generate(("ContainerGenerateInfo", "True"), ("ContainerImageTags", "2.0;latest"));

        Assert.Contains("Tag = \"2.0\";", text, StringComparison.Ordinal);
        Assert.Contains("WorkingDirectory = \"/app\";", text, StringComparison.Ordinal);
        Assert.Contains("BaseImage = \"\";", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("a \"quoted\" word")]
    [InlineData("C:\\temp\\new")]
    [InlineData("two\nlines\r\nand\ttab")]
    [InlineData("{braces} and {{more}}")]
    [InlineData("\u2028 separators, \0 and ünïcode")]
    public void KeepsEveryCharacterOfAValue(string value)
    {
        var compilation = Run(Compiling.Of(), ("ContainerGenerateInfo", "true"), ("ContainerUser", value));

        Assert.Empty(compilation.GetDiagnostics());
        var field = compilation.GetTypeByMetadataName("Containerize.ContainerInfo")!.GetMembers("User").OfType<IFieldSymbol>().Single();
        Assert.Equal(value.Trim(), field.ConstantValue);
    }

    [Theory]
    [InlineData("")]
    [InlineData("false")]
    [InlineData("yes")]
    public void WritesNothingUnlessAskedTo(string enabled)
    {
        var driver = Compiling.Driver(("ContainerGenerateInfo", enabled), ("ContainerUser", "app")).RunGenerators(Compiling.Of());

        Assert.Empty(driver.GetRunResult().GeneratedTrees);
    }

    [Fact]
    public void CanBeUsedAndExtendedByTheProgram()
    {
        var compilation = Run(
            Compiling.Of("namespace Containerize { internal static partial class ContainerInfo { public static string Name => Repository + \":\" + Tag + (IsRunningInContainer ? \"!\" : \"\"); } }"),
            ("ContainerGenerateInfo", "true"));

        Assert.Empty(compilation.GetDiagnostics());
    }

    [Fact]
    public void DoesNothingAgainAfterAnUnrelatedEdit()
    {
        var compilation = Compiling.Of("class A {}");
        var driver = Compiling.Driver(("ContainerGenerateInfo", "true"), ("ContainerUser", "app")).RunGenerators(compilation);

        var edited = compilation.ReplaceSyntaxTree(
            compilation.SyntaxTrees[0], Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree.ParseText("class B { int x; }", Compiling.ParseOptions));
        var result = driver.RunGenerators(edited).GetRunResult().Results.Single();

        foreach (var step in new[] { ContainerInfoGenerator.ReadStep, ContainerInfoGenerator.FactsStep })
        {
            Assert.All(result.TrackedSteps[step].SelectMany(s => s.Outputs), o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
        }

        Assert.All(result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs), o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
    }

    [Fact]
    public void IsUnchangedWhereOtherOptionsChange()
    {
        var compilation = Compiling.Of("class A {}");
        var driver = Compiling.Driver(("ContainerGenerateInfo", "true"), ("ContainerUser", "app")).RunGenerators(compilation);

        var other = driver.WithUpdatedAnalyzerConfigOptions(Compiling.Options(("ContainerGenerateInfo", "true"), ("ContainerUser", "app"), ("Unrelated", "1")));
        var result = other.RunGenerators(compilation).GetRunResult().Results.Single();

        Assert.All(
            result.TrackedSteps[ContainerInfoGenerator.ReadStep].SelectMany(s => s.Outputs),
            o => Assert.Equal(IncrementalStepRunReason.Unchanged, o.Reason));
        Assert.All(
            result.TrackedSteps[ContainerInfoGenerator.FactsStep].SelectMany(s => s.Outputs),
            o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
    }

    private static string Generate(params (string, string)[] properties)
    {
        var compilation = Run(Compiling.Of(), properties);
        Assert.Empty(compilation.GetDiagnostics());
        return compilation.SyntaxTrees.Last().ToString();
    }

    private static Compilation Run(Compilation compilation, params (string, string)[] properties)
    {
        Compiling.Driver(properties).RunGeneratorsAndUpdateCompilation(compilation, out var updated, out var diagnostics);
        Assert.Empty(diagnostics);
        return updated;
    }
}
