namespace Containerize.Bases;

/// <summary>The failures of embedded bases: CTZ3050 none for the platform, CTZ3051 and CTZ3052 a package that is not what it should be.</summary>
internal static class EmbeddedBaseErrors
{
    // A musl app needs a musl base, which only a registry has; the tag names .NET's own series of images.
    public static ContainerizeException NoBaseFor(string runtimeIdentifier) =>
        new(
            3050,
            $"choosing the embedded base for {runtimeIdentifier}",
            runtimeIdentifier.Contains("musl", StringComparison.Ordinal) || runtimeIdentifier.StartsWith("alpine", StringComparison.Ordinal)
                ? "the embedded base is Debian with glibc, and this runtime identifier needs musl"
                : "there is an embedded base for linux-x64 and linux-arm64 only",
            runtimeIdentifier.StartsWith("win", StringComparison.Ordinal)
                ? "Name a Windows base with ContainerBaseImage, such as mcr.microsoft.com/dotnet/aspnet:10.0-nanoserver-ltsc2025."
                : runtimeIdentifier.Contains("musl", StringComparison.Ordinal) || runtimeIdentifier.StartsWith("alpine", StringComparison.Ordinal)
                    ? "Set ContainerFamily to alpine, or name a base with ContainerBaseImage, such as mcr.microsoft.com/dotnet/aspnet:10.0-alpine "
                        + "(runtime-deps instead of aspnet for a self-contained app); or publish for linux-x64 or linux-arm64."
                    : "Name a base that has the platform with ContainerBaseImage, such as mcr.microsoft.com/dotnet/aspnet:10.0, or choose another ContainerRuntimeIdentifier.");

    public static ContainerizeException NoFramework(string framework) =>
        new(
            3050,
            $"choosing the embedded base for the framework {framework}",
            "only Microsoft.NETCore.App and Microsoft.AspNetCore.App run in a Linux container",
            "Remove the framework reference, or name a base that has the framework with ContainerBaseImage.");

    public static ContainerizeException OsPackage(string folder, string why, Exception? inner = null) =>
        new(
            3051,
            $"reading the operating-system package in {folder}",
            why,
            "Delete that folder and publish again: it is then restored anew from your NuGet feeds.",
            inner);

    public static ContainerizeException RuntimePack(FrameworkPack pack, string why, Exception? inner = null) =>
        new(
            3052,
            $"reading the runtime pack of {pack.Name} {pack.Version} in {pack.PackFolder}",
            why,
            "Delete that folder and publish again: it is then restored anew from your NuGet feeds.",
            inner);
}
