using System.Text;
using Containerize.Building;
using Containerize.Planning;
using Microsoft.Build.Framework;

namespace Containerize.Tasks;

/// <summary>Writes what <see cref="BuildContainerImage"/> would build, as a JSON array with a plan for each platform.</summary>
[MSBuildMultiThreadableTask]
public sealed class PlanContainerImage : ContainerizeTask
{
    /// <summary>Everything that the project says (see <see cref="InputItems"/>).</summary>
    [Required]
    public required ITaskItem[] Inputs { get; set; }

    /// <summary>The file to write.</summary>
    [Required]
    public required string Output { get; set; }

    /// <summary>Whether each file says where on this machine it comes from.</summary>
    public bool WithSources { get; set; }

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        var platforms = InputItems.Read(Inputs);
        var context = new BuildContext(Environment.GetEnvironmentVariable, new NuGetPackageFolders(platforms[0].Values, Report), Report);
        var plans = new ProjectBuild(context).Plan(platforms, cancellationToken);
        var text = "[\n" + string.Join(",\n", plans.Select(p => p.ToJson(WithSources))) + "\n]\n";
        try
        {
            await File.WriteAllTextAsync(Output, text, new UTF8Encoding(false), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Storage.StorageErrors.Write(Output, e);
        }
    }

    private void Report(string line) => Log.LogMessage(MessageImportance.Normal, "{0}", line);
}
