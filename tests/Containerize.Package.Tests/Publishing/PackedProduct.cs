using Containerize.Testing;

namespace Containerize.Package.Tests.Publishing;

/// <summary>
/// The packages of artifacts/packages and one package folder for the whole run: what is there already is used in place, but never an
/// older build of ours. CONTAINERIZE_TEST_PACKAGES names other packages.
/// </summary>
public sealed class PackedProduct
{
    private static readonly Lazy<PackedProduct> Once = new(() => new PackedProduct());

    private readonly TemporaryFolder _folder = new();

    private PackedProduct()
    {
        Repository = FindRepository();
        Feed = Environment.GetEnvironmentVariable("CONTAINERIZE_TEST_PACKAGES") ?? Path.Combine(Repository, "artifacts", "packages");
        Package = Single("Containerize.[0-9]*.nupkg");
        Version = Path.GetFileNameWithoutExtension(Package)["Containerize.".Length..];
        Packages = _folder.Folder("packages");
        LinkDownloaded();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => _folder.Dispose();
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

    /// <summary>The packages that the machine has already, without ours; read only.</summary>
    public string Fallback => _folder["downloaded"];

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

    /// <summary>The one package of the feed that a pattern names.</summary>
    public string Single(string pattern)
    {
        var start = pattern.Split("[0-9]*");
        var found = Directory.Exists(Feed)
            ? Directory.GetFiles(Feed, "*.nupkg").Where(f => Matches(Path.GetFileName(f), start[0])).ToArray()
            : [];
        return found.Length == 1
            ? found[0]
            : throw new InvalidOperationException($"{Feed} has {found.Length} packages {pattern}; ./build.sh makes them");

        static bool Matches(string name, string prefix) =>
            name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length && char.IsAsciiDigit(name[prefix.Length]);
    }

    private void LinkDownloaded()
    {
        var global = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        _folder.Folder("downloaded");
        if (!Directory.Exists(global))
        {
            return;
        }

        foreach (var package in Directory.EnumerateDirectories(global))
        {
            var id = Path.GetFileName(package);
            if (id != "containerize" && !id.StartsWith("containerize.", StringComparison.Ordinal) && id != "dotnet-containerize")
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
