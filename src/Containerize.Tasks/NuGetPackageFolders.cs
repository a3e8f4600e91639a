using Containerize.Bases;
using Containerize.Building;
using Containerize.Planning;

namespace Containerize.Tasks;

/// <summary>The packages of the embedded base: in the folders that the project restores to, or fetched from the user's own feeds.</summary>
/// <param name="values">The project's values: NuGetPackageRoot, NuGetPackageFolders, ProjectDirectory.</param>
/// <param name="report">Says what is fetched.</param>
internal sealed class NuGetPackageFolders(SettingValues values, Action<string> report) : IPackageFolders
{
    /// <inheritdoc />
    public Task<string> FolderOfAsync(EmbeddedPackage package, CancellationToken cancellationToken)
    {
        var roots = new[] { values["NuGetPackageRoot"] }
            .Concat((values["NuGetPackageFolders"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .OfType<string>();

        // NuGet's libraries are loaded only when something is to be fetched: they cost more time than the whole build of an unchanged image.
        return EmbeddedBasePackages.Find(package, roots) is { } folder
            ? Task.FromResult(folder)
            : new NuGetFetcher(values["ProjectDirectory"] ?? "/", values["NuGetPackageRoot"], report).FetchAsync(package, cancellationToken);
    }
}
