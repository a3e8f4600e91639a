using Containerize.Bases;

namespace Containerize.Building;

/// <summary>Where NuGet packages are found unpacked: in the global packages folder, or fetched into it.</summary>
public interface IPackageFolders
{
    /// <summary>The folder of an unpacked package; CTZ3060 where it is not there and cannot be fetched.</summary>
    Task<string> FolderOfAsync(EmbeddedPackage package, CancellationToken cancellationToken);
}
