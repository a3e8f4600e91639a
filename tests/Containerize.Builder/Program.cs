using Containerize;
using Containerize.Bases;
using Containerize.Building;
using Containerize.Planning;

// FOLDER [PROPERTY=VALUE]...: builds the image of a published folder on an empty base, by the way that the task takes. The digest goes to
// standard output; what goes wrong is one line on standard error.
try
{
    var properties = args.Skip(1).Select(a => a.Split('=', 2)).ToDictionary(a => a[0], a => a[1]);
    properties.TryAdd("ContainerBaseImage", "scratch");
    properties.TryAdd("ProjectFile", Path.Combine(args[0], "App.csproj"));
    properties.TryAdd("ProjectDirectory", args[0]);
    var start = new SettingItem("ContainerEntrypoint", "/app/start", new Dictionary<string, string>());
    var context = new BuildContext(Environment.GetEnvironmentVariable, new NoPackages(), _ => { });
    var built = await new ProjectBuild(context).BuildAsync([new PlatformInput(new SettingValues(properties, [start]), args[0], [])], CancellationToken.None);
    Console.WriteLine(built.Artifact.Digest);
    return 0;
}
catch (ContainerizeException e)
{
    Console.Error.WriteLine($"{e.Code}: {e.Message}");
    return 1;
}

internal sealed class NoPackages : IPackageFolders
{
    public Task<string> FolderOfAsync(EmbeddedPackage package, CancellationToken cancellationToken) => throw new NotSupportedException(package.Id);
}
