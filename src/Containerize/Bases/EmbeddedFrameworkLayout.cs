using Containerize.Layers;

namespace Containerize.Bases;

/// <summary>Lays a runtime pack out as an installed shared framework under <c>/usr/share/dotnet</c>.</summary>
/// <remarks>
/// The files are those of the installer: the pack's managed assemblies and native libraries side by side in <c>shared/[name]/[version]</c>,
/// and the host resolver in <c>host/fxr/[version]</c>, where the apphost looks for it
/// (https://github.com/dotnet/runtime/blob/main/docs/design/features/host-components.md).
/// </remarks>
public static class EmbeddedFrameworkLayout
{
    /// <summary>The folder of .NET in the image, relative to its root.</summary>
    public const string DotnetRoot = "usr/share/dotnet";

    private const int ExecutableMode = 0b111_101_101;
    private const int FileMode = 0b110_100_100;

    /// <summary>The files of one framework's layer; CTZ3052 where the pack is not whole.</summary>
    public static IReadOnlyList<LayerEntry> Entries(FrameworkPack pack)
    {
        if (!IsName(pack.Name) || !IsName(pack.Version) || !IsName(pack.RuntimeIdentifier))
        {
            throw EmbeddedBaseErrors.RuntimePack(pack, "its name, version or runtime identifier cannot be part of a path");
        }

        try
        {
            return Files(pack);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw EmbeddedBaseErrors.RuntimePack(pack, e.Message.TrimEnd('.'), e);
        }
    }

    private static List<LayerEntry> Files(FrameworkPack pack)
    {
        var shared = $"{DotnetRoot}/shared/{pack.Name}/{pack.Version}";
        var runtime = Path.Combine(pack.PackFolder, "runtimes", pack.RuntimeIdentifier);
        var files = new List<LayerEntry>();

        // lib/net10.0: one target framework per pack.
        var lib = Directory.Exists(Path.Combine(runtime, "lib")) ? Directory.GetDirectories(Path.Combine(runtime, "lib")) : [];
        if (lib.Length != 1)
        {
            throw EmbeddedBaseErrors.RuntimePack(pack, $"it has {lib.Length} folders in runtimes/{pack.RuntimeIdentifier}/lib, and one is expected");
        }

        foreach (var path in Directory.EnumerateFiles(lib[0]))
        {
            var name = Path.GetFileName(path);
            if (name.EndsWith(".dll", StringComparison.Ordinal) || name == $"{pack.Name}.deps.json" || name == $"{pack.Name}.runtimeconfig.json")
            {
                files.Add(File(path, $"{shared}/{name}", FileMode));
            }
        }

        var native = Path.Combine(runtime, "native");
        foreach (var path in Directory.Exists(native) ? Directory.EnumerateFiles(native) : [])
        {
            var name = Path.GetFileName(path);
            if (name == "libhostfxr.so")
            {
                files.Add(File(path, $"{DotnetRoot}/host/fxr/{pack.Version}/{name}", ExecutableMode));
            }
            else if (name.EndsWith(".so", StringComparison.Ordinal) || name == "createdump")
            {
                files.Add(File(path, $"{shared}/{name}", ExecutableMode));
            }
            else if (name.EndsWith(".dll", StringComparison.Ordinal))
            {
                files.Add(File(path, $"{shared}/{name}", FileMode));
            }
        }

        RequireWhole(pack, files);
        AddNotices(pack, shared, files);
        return files;
    }

    private static void RequireWhole(FrameworkPack pack, List<LayerEntry> files)
    {
        List<string> needed = [$"{pack.Name}.deps.json"];
        if (pack.Name == "Microsoft.NETCore.App")
        {
            needed.AddRange(["libhostfxr.so", "libhostpolicy.so", "libcoreclr.so", "System.Private.CoreLib.dll"]);
        }

        foreach (var name in needed)
        {
            if (!files.Any(f => f.Path.EndsWith("/" + name, StringComparison.Ordinal)))
            {
                throw EmbeddedBaseErrors.RuntimePack(pack, $"{name} is missing in it");
            }
        }
    }

    // The licence must travel with the copy; the commit and version are where the installer has them.
    private static void AddNotices(FrameworkPack pack, string shared, List<LayerEntry> files)
    {
        var notices = pack.Name == "Microsoft.NETCore.App" ? DotnetRoot : $"usr/share/doc/{pack.Name.ToLowerInvariant()}";
        foreach (var path in Directory.EnumerateFiles(pack.PackFolder))
        {
            var name = Path.GetFileName(path);
            var target = name == $"{pack.Name}.versions.txt" ? $"{shared}/.version"
                : name.Equals("LICENSE.TXT", StringComparison.OrdinalIgnoreCase) ? $"{notices}/LICENSE.txt"
                : name.Equals("THIRD-PARTY-NOTICES.TXT", StringComparison.OrdinalIgnoreCase) ? $"{notices}/ThirdPartyNotices.txt"
                : null;
            if (target is not null)
            {
                files.Add(File(path, target, FileMode));
            }
        }
    }

    private static LayerEntry File(string path, string target, int mode) =>
        new() { Path = target, Kind = LayerEntryKind.File, Mode = mode, Content = DiskContent.Of(path) };

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 128 && text.Trim('.').Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
