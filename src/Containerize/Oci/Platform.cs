using System.Text.Json.Serialization;

namespace Containerize.Oci;

/// <summary>The platform of an image in Go's words (image-spec image-index.md): <c>linux/arm64</c>, <c>linux/arm/v7</c>.</summary>
public sealed record Platform
{
    /// <summary>The CPU: amd64, arm64, arm, 386, ppc64le, s390x, riscv64, loong64.</summary>
    [JsonPropertyName("architecture")]
    public required string Architecture { get; init; }

    /// <summary>The operating system: linux or windows.</summary>
    [JsonPropertyName("os")]
    public required string Os { get; init; }

    /// <summary>The Windows build, where given.</summary>
    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    /// <summary>Features that the image needs, where given.</summary>
    [JsonPropertyName("os.features")]
    public IReadOnlyList<string>? OsFeatures { get; init; }

    /// <summary>The CPU variant: v7, v8.</summary>
    [JsonPropertyName("variant")]
    public string? Variant { get; init; }

    /// <summary>Linux on x64.</summary>
    public static Platform LinuxAmd64 { get; } = new() { Architecture = "amd64", Os = "linux" };

    /// <summary>Linux on arm64.</summary>
    public static Platform LinuxArm64 { get; } = new() { Architecture = "arm64", Os = "linux" };

    /// <summary>Parses <c>os/arch[/variant]</c>; CTZ1002 where it is not one.</summary>
    public static Platform Parse(string text)
    {
        var parts = text.Split('/');
        if (parts.Length is < 2 or > 3 || parts.Any(string.IsNullOrWhiteSpace))
        {
            throw new ContainerizeException(
                1002, $"reading the platform '{text}'", "it is not of the form os/architecture[/variant]", "Write for example linux/arm64.");
        }

        return new Platform { Os = parts[0], Architecture = parts[1], Variant = parts.Length == 3 ? parts[2] : null };
    }

    /// <summary>The platform of a .NET runtime identifier (linux-x64, linux-musl-arm64, alpine-x64 ...); CTZ1003 for one that has none.</summary>
    public static Platform FromRuntimeIdentifier(string rid)
    {
        var dash = rid.LastIndexOf('-');
        var os = rid.StartsWith("win", StringComparison.Ordinal) ? "windows" : "linux";
        var cpu = dash < 0 ? "" : rid[(dash + 1)..];
        var architecture = cpu switch
        {
            "x64" => "amd64",
            "x86" => "386",
            "arm64" => "arm64",
            "arm" => "arm",
            "armv6" => "arm",
            "ppc64le" => "ppc64le",
            "s390x" => "s390x",
            "riscv64" => "riscv64",
            "loongarch64" => "loong64",
            _ => null,
        };
        if (architecture is null || rid.StartsWith("osx", StringComparison.Ordinal) || rid.StartsWith("browser", StringComparison.Ordinal))
        {
            throw new ContainerizeException(
                1003,
                $"choosing the platform for the runtime identifier '{rid}'",
                "no container platform corresponds to it",
                "Set ContainerRuntimeIdentifier to one such as linux-x64, linux-arm64 or linux-musl-x64.");
        }

        // The variant as Docker writes it: arm is v7 for .NET (armhf), v6 for armv6.
        var variant = cpu switch { "arm" => "v7", "armv6" => "v6", _ => null };
        return new Platform { Os = os, Architecture = architecture, Variant = variant };
    }

    /// <summary>Whether an image for <paramref name="offered"/> runs where this platform is asked for; an absent variant fits any.</summary>
    public bool IsServedBy(Platform offered) =>
        Os == offered.Os
        && Architecture == offered.Architecture
        && (Variant is null || offered.Variant is null || Variant == offered.Variant);

    /// <summary>The text form, <c>os/arch[/variant]</c>.</summary>
    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";
}
