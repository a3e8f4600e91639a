using Containerize.Building;
using Containerize.Containers;
using Containerize.Planning;
using Microsoft.Build.Framework;

namespace Containerize.Tasks;

/// <summary>Lays a published project out for containers of it, as <c>dotnet containerize run</c> wants it, and says in a file how and where.</summary>
[MSBuildMultiThreadableTask]
public sealed class StageContainerImage : ContainerizeTask
{
    /// <summary>Everything that the project says (see <see cref="InputItems"/>).</summary>
    [Required]
    public required ITaskItem[] Inputs { get; set; }

    /// <summary>The file to write: a <see cref="StagedImage"/>.</summary>
    [Required]
    public required string Output { get; set; }

    /// <summary>Whether the layers are for a user namespace; see <see cref="RootPlan.UserAttributes"/>.</summary>
    public bool UserAttributes { get; set; }

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        var platform = InputItems.Read(Inputs)[0];
        var context = new BuildContext(Environment.GetEnvironmentVariable, new NuGetPackageFolders(platform.Values, Report), Report);
        var staged = await new ProjectBuild(context).StageAsync(platform, new UnpackedLayers(context.Paths, UserAttributes), cancellationToken);
        (staged with { Sources = SourcesOf(platform.Values) }).Write(Output);
    }

    // Only what lies in none of the folders has to be named by itself.
    private static StagedSources SourcesOf(SettingValues values)
    {
        var folders = Names(values, "SourceProject").Select(p => Path.GetDirectoryName(p)!).Distinct().ToList();
        return new StagedSources
        {
            Folders = folders,
            Files = [.. Names(values, "SourceFile").Where(f => !folders.Exists(d => f.StartsWith(d + Path.DirectorySeparatorChar, StringComparison.Ordinal)))],
            Outputs = [.. Names(values, "BuiltFolder")],
        };
    }

    private static IEnumerable<string> Names(SettingValues values, string kind) =>
        values.List(kind).Where(n => n.Length > 0).Distinct();

    private void Report(string line) => Log.LogMessage(MessageImportance.Normal, "{0}", line);
}
