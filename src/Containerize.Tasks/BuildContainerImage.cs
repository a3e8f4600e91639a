using Containerize.Building;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Containerize.Tasks;

/// <summary>Builds the image of a published project, or the index of its platforms, and writes it to its destinations.</summary>
[MSBuildMultiThreadableTask]
public sealed class BuildContainerImage : ContainerizeTask
{
    /// <summary>Everything that the project says (see <see cref="InputItems"/>).</summary>
    [Required]
    public required ITaskItem[] Inputs { get; set; }

    /// <summary>The image: Reference, References, Digest, MediaType, Platforms, Layers, LayoutPath, ArchivePath.</summary>
    [Output]
    public ITaskItem[] Images { get; private set; } = [];

    /// <summary>The images of the single platforms, as the SDK's GeneratedContainer has them.</summary>
    [Output]
    public ITaskItem[] GeneratedContainers { get; private set; } = [];

    /// <summary>The names, as the SDK's GeneratedContainerName has them.</summary>
    [Output]
    public ITaskItem[] Names { get; private set; } = [];

    /// <summary>The index document, where there is one.</summary>
    [Output]
    public string GeneratedImageIndex { get; private set; } = "";

    /// <inheritdoc />
    protected override async System.Threading.Tasks.Task RunAsync(CancellationToken cancellationToken)
    {
        var platforms = InputItems.Read(Inputs);
        var values = platforms[0].Values;
        var context = new BuildContext(
            Environment.GetEnvironmentVariable,
            new NuGetPackageFolders(values, Report),
            Report);
        var built = await new ProjectBuild(context).BuildAsync(platforms, cancellationToken);
        Describe(built);

        // The terminal logger shows a high-importance message of this form as the project's result:
        // https://github.com/dotnet/msbuild/blob/main/documentation/terminallogger/Opt-In-Mechanism.md
        Log.LogMessage(MessageImportance.High, "{0} -> {1}", values["ProjectName"] ?? "project", built.Reference);
    }

    private void Report(string line) => Log.LogMessage(MessageImportance.Normal, "{0}", line);

    private void Describe(BuiltImage built)
    {
        var item = new TaskItem(built.Names.Repository.Replace('/', '-'));
        item.SetMetadata("Reference", built.Reference);
        item.SetMetadata("References", string.Join(';', built.Names.References));
        item.SetMetadata("Digest", built.Artifact.Digest.ToString());
        item.SetMetadata("MediaType", built.Artifact.Descriptor.MediaType);
        item.SetMetadata("Platforms", string.Join(';', built.Images.Select(i => i.Plan.Platform)));
        item.SetMetadata("Layers", string.Join(';', built.Images.SelectMany(i => i.Image.Manifest.Layers).Select(l => l.Digest).Distinct()));
        item.SetMetadata("LayoutPath", built.Destinations.LayoutPath ?? "");
        item.SetMetadata("ArchivePath", built.Destinations.ArchivePath ?? "");
        Images = [item];
        GeneratedContainers = [.. built.Images.Select(Generated)];
        Names = [.. built.Names.References.Select(r => new TaskItem(r.ToString()))];
        if (built.Artifact is Containerize.Images.ImageIndex index)
        {
            GeneratedImageIndex = System.Text.Encoding.UTF8.GetString(index.Bytes.Span);
        }
    }

    private static TaskItem Generated(PlatformImage one)
    {
        var item = new TaskItem("GeneratedContainer");
        item.SetMetadata("Manifest", System.Text.Encoding.UTF8.GetString(one.Image.Bytes.Span));
        item.SetMetadata("Configuration", System.Text.Encoding.UTF8.GetString(one.Image.ConfigBytes.Span));
        item.SetMetadata("ManifestDigest", one.Image.Digest.ToString());
        item.SetMetadata("ManifestMediaType", one.Image.Descriptor.MediaType);
        return item;
    }
}
