using System.Runtime.InteropServices;

namespace Containerize.Package.Tests.Publishing;

/// <summary>
/// The packages of artifacts/packages and one package folder for the whole run: what is there already is used in place, but never an
/// older build of ours. CONTAINERIZE_TEST_PACKAGES names other packages.
/// </summary>
public sealed class PackedProduct
{
    private static readonly Lazy<PackedProduct> Once = new(() => new PackedProduct());

    private readonly string _folder = Directory.CreateTempSubdirectory("containerize-packages-").FullName;

    private PackedProduct()
    {
        Repository = FindRepository();
        Feed = Environment.GetEnvironmentVariable("CONTAINERIZE_TEST_PACKAGES") ?? Path.Combine(Repository, "artifacts", "packages");
        Package = Find("Containerize");
        Version = Path.GetFileNameWithoutExtension(Package)["Containerize.".Length..];
        Packages = Directory.CreateDirectory(Path.Combine(_folder, "packages")).FullName;
        LinkDownloaded();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The one of this run.</summary>
    public static PackedProduct Instance => Once.Value;

    /// <summary>The root of the repository.</summary>
    public string Repository { get; }

    /// <summary>The folder of the packages under test.</summary>
    public string Feed { get; }

    /// <summary>Containerize.*.nupkg.</summary>
    public string Package { get; }

    /// <summary>Its version.</summary>
    public string Version { get; }

    /// <summary>NUGET_PACKAGES of the run.</summary>
    public string Packages { get; }

    /// <summary>The platform of this machine.</summary>
    public string Platform => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    /// <summary>NUGET_SCRATCH of the run.</summary>
    public string Scratch => Path.Combine(_folder, "scratch");

    /// <summary>The packages that the machine has already, without ours; read only.</summary>
    public string Fallback => Path.Combine(_folder, "downloaded");

    /// <summary>The text of a nuget.config with our feed beside the user's own.</summary>
    public string NuGetConfig => $"""
        <configuration>
          <packageSources>
            <add key="containerize-under-test" value="{Feed}" />
          </packageSources>
          <fallbackPackageFolders>
            <add key="downloaded" value="{Fallback}" />
          </fallbackPackageFolders>
        </configuration>
        """;

    /// <summary>The one package of the feed with this id.</summary>
    public string Find(string id)
    {
        var found = Directory.Exists(Feed)
            ? Directory.GetFiles(Feed, "*.nupkg").Where(f => IsOf(Path.GetFileName(f))).ToArray()
            : [];
        return found.Length == 1
            ? found[0]
            : throw new InvalidOperationException($"{Feed} has {found.Length} packages {id}; ./build.sh makes them");

        bool IsOf(string name) =>
            name.StartsWith(id + ".", StringComparison.Ordinal) && char.IsAsciiDigit(name[id.Length + 1]);
    }

    private void LinkDownloaded()
    {
        var global = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        Directory.CreateDirectory(Fallback);
        if (!Directory.Exists(global))
        {
            return;
        }

        foreach (var package in Directory.EnumerateDirectories(global))
        {
            var id = Path.GetFileName(package);
            if (id != "containerize" && !id.StartsWith("containerize.", StringComparison.Ordinal) && !id.StartsWith("dotnet-containerize", StringComparison.Ordinal))
            {
                Directory.CreateSymbolicLink(Path.Combine(Fallback, id), package);
            }
        }
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Containerize.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside of the repository");
    }
}
