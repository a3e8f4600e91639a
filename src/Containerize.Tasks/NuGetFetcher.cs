using Containerize.Bases;
using NuGet.Common;
using NuGet.Configuration;
using NuGet.Packaging.Core;
using NuGet.Packaging.Signing;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;
using NuGet.Versioning;

namespace Containerize.Tasks;

/// <summary>Fetches a package into the global packages folder, from the feeds, mappings and credentials of the user's nuget.config.</summary>
/// <param name="projectDirectory">Where the search for nuget.config starts.</param>
/// <param name="globalPackages">The folder that the project restores to; null for the one that the settings name.</param>
/// <param name="report">Says what is fetched.</param>
internal sealed class NuGetFetcher(string projectDirectory, string? globalPackages, Action<string> report)
{
    /// <summary>The package's folder after fetching; CTZ3060 where no feed has it.</summary>
    public async Task<string> FetchAsync(EmbeddedPackage package, CancellationToken cancellationToken)
    {
        var doing = $"fetching the package {package.Id} {package.Version} for the embedded base";
        var tried = new List<string>();
        Exception? last = null;
        try
        {
            var settings = Settings.LoadDefaultSettings(projectDirectory);
            var folder = globalPackages ?? SettingsUtility.GetGlobalPackagesFolder(settings);
            var identity = new PackageIdentity(package.Id, NuGetVersion.Parse(package.Version));
            using var cache = new SourceCacheContext();
            foreach (var source in Sources(settings, package.Id))
            {
                tried.Add(source.Name);
                try
                {
                    if (await TryFetchAsync(source, identity, new Target(settings, folder, cache), cancellationToken))
                    {
                        report($"Fetched {package.Id} {package.Version} from {source.Name}.");
                        return EmbeddedBasePackages.Find(package, [folder])
                            ?? throw new ContainerizeException(3060, doing, $"NuGet has unpacked it, but it is not in {folder}", "Clear the folder's damaged package and build again.");
                    }
                }
                catch (FatalProtocolException e)
                {
                    last = e; // the next feed may have it; what failed here is told if none has
                }
            }
        }
        catch (Exception e) when (e is NuGetConfigurationException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ContainerizeException(3060, doing, e.Message.TrimEnd('.'), "Check nuget.config and the global packages folder.", e);
        }

        throw new ContainerizeException(
            3060,
            doing,
            tried.Count == 0
                ? "no enabled feed may be asked for it"
                : $"{(last is null ? "no feed has it" : Innermost(last))} (asked: {string.Join(", ", tried)})",
            "Add a feed that has it to nuget.config, or set ContainerBaseImage.",
            last);
    }

    private static IEnumerable<PackageSource> Sources(ISettings settings, string packageId)
    {
        var enabled = new PackageSourceProvider(settings).LoadPackageSources().Where(s => s.IsEnabled);
        var mapping = PackageSourceMapping.GetPackageSourceMapping(settings);
        if (!mapping.IsEnabled)
        {
            return enabled;
        }

        var allowed = mapping.GetConfiguredPackageSources(packageId);
        return enabled.Where(s => allowed.Contains(s.Name, StringComparer.OrdinalIgnoreCase));
    }

    private static async Task<bool> TryFetchAsync(PackageSource source, PackageIdentity identity, Target target, CancellationToken cancellationToken)
    {
        var packages = await Repository.Factory.GetCoreV3(source).GetResourceAsync<FindPackageByIdResource>(cancellationToken);
        if (packages is null || !await packages.DoesPackageExistAsync(identity.Id, identity.Version, target.Cache, NullLogger.Instance, cancellationToken))
        {
            return false;
        }

        // NuGet unpacks from a stream that can seek; the file goes with its last handle.
        await using var package = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 128 * 1024, FileOptions.DeleteOnClose);
        if (!await packages.CopyNupkgToStreamAsync(identity.Id, identity.Version, package, target.Cache, NullLogger.Instance, cancellationToken))
        {
            return false;
        }

        package.Position = 0;
        using var unpacked = await GlobalPackagesFolderUtility.AddPackageAsync(
            source.Source,
            identity,
            package,
            target.Folder,
            Guid.Empty,
            ClientPolicyContext.GetClientPolicy(target.Settings, NullLogger.Instance),
            NullLogger.Instance,
            cancellationToken);
        return true;
    }

    private sealed record Target(ISettings Settings, string Folder, SourceCacheContext Cache);

    private static string Innermost(Exception e) => (e.InnerException is { } inner ? Innermost(inner) : e.Message).TrimEnd('.');
}
