namespace Containerize.Bases;

/// <summary>Which NuGet packages an embedded base needs, and where they lie once NuGet has unpacked them.</summary>
public static class EmbeddedBasePackages
{
    private const string NetCoreApp = "Microsoft.NETCore.App";
    private const string AspNetCoreApp = "Microsoft.AspNetCore.App";

    /// <summary>
    /// The packages for a runtime identifier: the operating system's first, then a runtime pack per framework, the one others build on first;
    /// CTZ3050 where there is no embedded base for it (musl, 32-bit, Windows, desktop frameworks).
    /// </summary>
    /// <param name="runtimeIdentifier">The runtime identifier that was published for: <c>linux-x64</c>, <c>linux-arm64</c>.</param>
    /// <param name="frameworks">Framework names and the versions to run on; none for self-contained and NativeAOT apps.</param>
    /// <param name="containerizeVersion">The version of our own packages.</param>
    public static IReadOnlyList<EmbeddedPackage> Required(
        string runtimeIdentifier, IReadOnlyDictionary<string, string> frameworks, string containerizeVersion)
    {
        if (runtimeIdentifier is not ("linux-x64" or "linux-arm64"))
        {
            throw EmbeddedBaseErrors.NoBaseFor(runtimeIdentifier);
        }

        foreach (var name in frameworks.Keys)
        {
            if (name is not (NetCoreApp or AspNetCoreApp))
            {
                throw EmbeddedBaseErrors.NoFramework(name);
            }
        }

        var packages = new List<EmbeddedPackage> { new($"Containerize.Base.{runtimeIdentifier}", containerizeVersion) };
        var web = frameworks.GetValueOrDefault(AspNetCoreApp);
        // ASP.NET Core is released together with the runtime that it needs, under one version.
        if ((frameworks.GetValueOrDefault(NetCoreApp) ?? web) is { } core)
        {
            packages.Add(new EmbeddedPackage($"{NetCoreApp}.Runtime.{runtimeIdentifier}", core));
        }

        if (web is not null)
        {
            packages.Add(new EmbeddedPackage($"{AspNetCoreApp}.Runtime.{runtimeIdentifier}", web));
        }

        return packages;
    }

    /// <summary>The folder of a package that NuGet has completely unpacked under one of these roots, the first that has it; null where none has.</summary>
    /// <param name="package">The package.</param>
    /// <param name="packageRoots">The global packages folder and the fallback folders, in the order of preference.</param>
    public static string? Find(EmbeddedPackage package, IEnumerable<string> packageRoots)
    {
        var id = package.Id.ToLowerInvariant();
        var version = WithoutBuildMetadata(package.Version).ToLowerInvariant();
        // Neither may lead out of the root; both come from properties that anybody can set.
        if (!IsFolderName(id) || !IsFolderName(version))
        {
            return null;
        }

        foreach (var root in packageRoots)
        {
            var folder = Path.Combine(root, id, version);
            // NuGet writes this file last: https://github.com/NuGet/Home/wiki/Nupkg-Metadata-File. Fallback folders of old have only the hash.
            if (File.Exists(Path.Combine(folder, ".nupkg.metadata")) || File.Exists(Path.Combine(folder, $"{id}.{version}.nupkg.sha512")))
            {
                return folder;
            }
        }

        return null;
    }

    private static string WithoutBuildMetadata(string version) => version.Split('+', 2)[0];

    private static bool IsFolderName(string text) =>
        text.Length is > 0 and <= 128 && text.Trim('.').Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
