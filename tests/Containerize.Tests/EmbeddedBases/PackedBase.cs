using System.IO.Compression;
using Xunit;

namespace Containerize.Tests.EmbeddedBases;

/// <summary>The base packages as a user gets them: packed by build.sh, unpacked as NuGet lays packages out.</summary>
public sealed class PackedBase : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("containerize-base-").FullName;

    public PackedBase()
    {
        Repository = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(Repository, "Containerize.sln")))
        {
            Repository = Path.GetDirectoryName(Repository)!;
        }

        foreach (var rid in (string[])["linux-x64", "linux-arm64"])
        {
            var packages = Path.Combine(Repository, "artifacts", "packages");
            var package = Directory.Exists(packages) ? Directory.GetFiles(packages, $"Containerize.Base.{rid}.*.nupkg").Order().LastOrDefault() : null;
            if (package is not null)
            {
                ZipFile.ExtractToDirectory(package, Path.Combine(_root, rid));
            }
        }
    }

    public string Repository { get; }

    /// <summary>The unpacked package for a runtime identifier.</summary>
    public string Folder(string rid)
    {
        var folder = Path.Combine(_root, rid);
        Skip.IfNot(Directory.Exists(folder), $"artifacts/packages has no Containerize.Base.{rid}: run build.sh first");
        return folder;
    }

    /// <summary>A folder that one test may change or fill.</summary>
    public string NewFolder() => Directory.CreateDirectory(Path.Combine(_root, Guid.NewGuid().ToString("N"))).FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
