using System.Text.Json;
using System.Text.RegularExpressions;

namespace Containerize.Package.Tests.Publishing;

/// <summary>What a publish left.</summary>
public sealed partial record PublishResult(int ExitCode, string Output, string? Json)
{
    /// <summary>The items of the target, as CI reads them from -getTargetResult:Containerize.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Images { get; } = Read(Json);

    /// <summary>The one image of a publish that must have succeeded.</summary>
    public ContainerizedImage Image
    {
        get
        {
            Assert.True(ExitCode == 0, $"exit code {ExitCode}:\n{Output}");
            return new ContainerizedImage(Assert.Single(Images));
        }
    }

    /// <summary>The codes of the errors in the order of their first appearance.</summary>
    public IReadOnlyList<string> ErrorCodes => [.. ErrorLine().Matches(Output).Select(m => m.Groups["code"].Value).Distinct()];

    /// <summary>The different error lines, without the project in brackets at their end.</summary>
    public IReadOnlyList<string> Errors => [.. ErrorLine().Matches(Output).Select(m => m.Value.Trim()).Distinct()];

    /// <summary>The one error of a publish that must have failed as our errors do: one code, no stack, no MSB4018.</summary>
    public string OneError(string code)
    {
        Assert.True(ExitCode != 0, $"it succeeded:\n{Output}");
        Assert.DoesNotContain("MSB4018", Output, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?m)^\s+at [A-Z]\w+\.", Output);
        Assert.True(ErrorCodes.SequenceEqual([code]), $"{code} alone was to be expected:\n{Output}");
        return Assert.Single(Errors);
    }

    private static IReadOnlyList<IReadOnlyDictionary<string, string>> Read(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return [];
        }

        using var document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.GetProperty("TargetResults").GetProperty("Containerize").GetProperty("Items").EnumerateArray()
                .Select(i => i.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString() ?? "")),
        ];
    }

    [GeneratedRegex(@"(?m)^.*?\berror (?<code>[A-Z]+[0-9]+):.*?(?= \[[^\[\]]+\]$|$)")]
    private static partial Regex ErrorLine();
}

/// <summary>The metadata of the target's item.</summary>
public sealed record ContainerizedImage(IReadOnlyDictionary<string, string> Metadata)
{
    public string Reference => Metadata["Reference"];

    public string Digest => Metadata["Digest"];

    public string MediaType => Metadata["MediaType"];

    public string LayoutPath => Metadata["LayoutPath"];

    public string ArchivePath => Metadata["ArchivePath"];

    public IReadOnlyList<string> Layers => Metadata["Layers"].Split(';');

    /// <summary>The image in the layout that the item names.</summary>
    public LayoutImage Read() => new(LayoutPath, Digest);
}
