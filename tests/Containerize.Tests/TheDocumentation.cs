using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Containerize.Tests;

public partial class TheDocumentation
{
    private static readonly string Repository = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    [Fact]
    public void ListsEverySettingThatTheTargetsRead()
    {
        var settings = File.ReadAllText(Path.Combine(Repository, "docs", "settings.md"));
        var targets = File.ReadAllText(Path.Combine(Repository, "nuget", "Containerize", "build", "Containerize.targets"));
        var missing = SettingInTargets().Matches(targets)
            .Select(m => m.Groups[1].Value)
            .Where(name => !name.StartsWith("ContainerGenerateLabelsImage", StringComparison.Ordinal)
                && !settings.Contains($"`{name}`", StringComparison.Ordinal))
            .Distinct();

        Assert.Empty(missing);
    }

    [Fact]
    public void HasARowForEveryErrorNumberAndNoOther()
    {
        var documented = ErrorRow().Matches(File.ReadAllText(Path.Combine(Repository, "docs", "errors.md"))).Select(m => m.Groups[1].Value).ToHashSet();
        var sources = Directory.EnumerateFiles(Path.Combine(Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal))
            .Select(File.ReadAllText)
            .SelectMany(text => ErrorInSource().Matches(text).Select(m => m.Groups["code"].Value))
            .Concat(ErrorInTargets().Matches(
                File.ReadAllText(Path.Combine(Repository, "nuget", "Containerize", "build", "Containerize.targets"))
                + File.ReadAllText(Path.Combine(Repository, "nuget", "Containerize", "buildMultiTargeting", "Containerize.targets")))
                .Select(m => m.Groups[1].Value))
            .ToHashSet();

        Assert.Equal(string.Join(' ', sources.Order()), string.Join(' ', documented.Order()));
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    [GeneratedRegex(@"(?:Value Include=""|Kind="")((?:Container|RegistryUrl|LocalRegistry|PublishImageTag|AutoGenerateImageTag|SOURCE_)\w*)""")]
    private static partial Regex SettingInTargets();

    [GeneratedRegex(@"^\| CTZ(\d{4}) \|", RegexOptions.Multiline)]
    private static partial Regex ErrorRow();

    // new ContainerizeException(1234, ... or new(\n 1234, ...: the number is the first argument, on its line or the next.
    // Codes that are only printed are written out: "CTZ7021". The runtime's are made by Failure.Of, or have a name.
    [GeneratedRegex(@"new(?: ContainerizeException)?\(\s*(?<code>\d{4}),\s|""CTZ(?<code>\d{4})""|\bOf\(\s*(?<code>\d{4}),|const int \w+ = (?<code>6\d{3});")]
    private static partial Regex ErrorInSource();

    [GeneratedRegex(@"Code=""CTZ(\d{4})""")]
    private static partial Regex ErrorInTargets();
}
