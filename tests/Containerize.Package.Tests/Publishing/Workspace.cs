using Containerize.Testing;

namespace Containerize.Package.Tests.Publishing;

/// <summary>A folder outside of the repository with projects in it, as on a user's machine, and with images and caches of its own.</summary>
public class Workspace : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _results;

    public Workspace()
    {
        Product = PackedProduct.Instance;
        Write("nuget.config", Product.NuGetConfig);
        Directory.CreateDirectory(this["tmp"]);
    }

    /// <summary>The packages under test.</summary>
    public PackedProduct Product { get; }

    /// <summary>The folder.</summary>
    public string Path => _folder.Path;

    /// <summary>CONTAINERIZE_ROOT.</summary>
    public string Root => this["root"];

    /// <summary>A path in the folder.</summary>
    public string this[string relative] => _folder[relative];

    /// <summary>Writes a file; gives its path.</summary>
    public string Write(string relative, string text) => _folder.Write(relative, text);

    /// <summary>Copies a project of testassets; gives its folder.</summary>
    public string Copy(string asset, string? to = null)
    {
        var target = this[to ?? asset];
        CopyFolder(System.IO.Path.Combine(Product.Repository, "testassets", asset), target);
        return target;
    }

    /// <summary>The variables that keep a build to this folder and leave no process behind.</summary>
    public Dictionary<string, string?> Environment() => new()
    {
        ["CONTAINERIZE_ROOT"] = Root,
        ["NUGET_PACKAGES"] = Product.Packages,
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        ["DOTNET_SKIP_WORKLOAD_INTEGRITY_CHECK"] = "1",
        ["MSBUILDTERMINALLOGGER"] = "off",
        ["DOTNET_CONTAINER_INSECURE_REGISTRIES"] = null,
        ["SOURCE_DATE_EPOCH"] = null,
        ["TMPDIR"] = this["tmp"],
        // Where NuGet has its locks: one place for all that share a package folder.
        ["NUGET_SCRATCH"] = Product.Scratch,
    };

    /// <summary>dotnet publish PROJECT -t:Containerize, with the target's items.</summary>
    public PublishResult Publish(string project, params string[] arguments) => Publish(project, null, arguments);

    /// <summary>The same with variables of its own.</summary>
    public PublishResult Publish(string project, IReadOnlyDictionary<string, string?>? environment, params string[] arguments) =>
        Build(project, environment, ["publish", project, "-t:Containerize", .. arguments]);

    /// <summary>Any dotnet command that builds the target.</summary>
    public PublishResult Build(string project, IReadOnlyDictionary<string, string?>? environment, params string[] command)
    {
        var result = this[$"tmp/result{Interlocked.Increment(ref _results)}.json"];
        var folder = Directory.Exists(project) ? project : System.IO.Path.GetDirectoryName(project)!;
        var ended = Dotnet(folder, environment, [.. command, "-getTargetResult:Containerize", $"-getResultOutputFile:{result}"]);
        return new PublishResult(ended.ExitCode, ended.Output, File.Exists(result) ? File.ReadAllText(result) : null);
    }

    /// <summary>dotnet with any arguments.</summary>
    public ShellResult Dotnet(string folder, IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        var variables = Environment();
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            variables[name] = value;
        }

        return Shell.RunIn(folder, variables, ["dotnet", .. arguments]);
    }

    /// <inheritdoc />
    public virtual void Dispose()
    {
        // Some names in it are ones that .NET cannot delete.
        Shell.Run("rm", "-rf", Path);
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private static void CopyFolder(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)));
        }

        foreach (var folder in Directory.EnumerateDirectories(source))
        {
            if (System.IO.Path.GetFileName(folder) is var name && name is not "bin" and not "obj")
            {
                CopyFolder(folder, System.IO.Path.Combine(target, name));
            }
        }
    }
}
