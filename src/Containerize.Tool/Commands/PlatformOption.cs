using System.CommandLine;
using System.Runtime.InteropServices;
using Containerize.Images;
using Containerize.Oci;

namespace Containerize.Tool.Commands;

/// <summary>The option --platform of what moves images.</summary>
internal static class PlatformOption
{
    internal static Option<string?> Create(string description) => new("--platform") { Description = description, HelpName = "OS/ARCH" };

    /// <summary>The platform of this machine, for Linux images: also on Windows and macOS containers are Linux's, mostly.</summary>
    internal static Platform OfThisMachine() => Platform.FromRuntimeIdentifier("linux-" + RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "x64",
        Architecture.X86 => "x86",
        Architecture.Arm64 => "arm64",
        Architecture.Armv6 => "armv6",
        Architecture.Ppc64le => "ppc64le",
        Architecture.S390x => "s390x",
        Architecture.RiscV64 => "riscv64",
        Architecture.LoongArch64 => "loongarch64",
        _ => "arm",
    });

    /// <summary>Reads an image, of several platforms only the one asked for.</summary>
    internal static async Task<Artifact> ReadAsync(this IImageSource source, string? platform, CancellationToken token)
    {
        var artifact = await source.ReadAsync(token);
        return platform is null ? artifact : await artifact.SelectAsync(Platform.Parse(platform), source.Name, token);
    }
}
