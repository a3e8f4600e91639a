using Containerize.Images;
using Containerize.Planning;

namespace Containerize.Building;

/// <summary>Where an image goes: a registry, an archive, a layout, an engine; where none is named, the local images.</summary>
public sealed record Destinations
{
    /// <summary>The places, in the order in which they are written: the registry last, as it is seen by others.</summary>
    public required IReadOnlyList<IImageDestination> Places { get; init; }

    /// <summary>The layout that was or will be written, absolute; null where there is none.</summary>
    public string? LayoutPath { get; init; }

    /// <summary>The archive that was or will be written, absolute; null where there is none.</summary>
    public string? ArchivePath { get; init; }

    /// <summary>Reads the destinations.</summary>
    /// <param name="values">The settings.</param>
    /// <param name="names">The image's names.</param>
    /// <param name="form">What is written.</param>
    /// <param name="registry">The registry; null where there is none.</param>
    /// <param name="context">The machine.</param>
    /// <param name="cancellationToken">Cancels the search for an engine.</param>
    public static async Task<Destinations> ReadAsync(
        SettingValues values,
        ImageNames names,
        ArtifactForm form,
        IImageDestination? registry,
        BuildContext context,
        CancellationToken cancellationToken)
    {
        var directory = values["ProjectDirectory"] ?? ".";
        var places = new List<IImageDestination>();
        string? layoutPath = null;
        string? archivePath = null;
        if (values["ContainerLayoutOutputPath"] is { } layout)
        {
            layoutPath = Path.GetFullPath(layout, directory);
            places.AddRange(names.Tags.Select(t => new OciLayout(layoutPath, t)));
        }

        if (values["ContainerArchiveOutputPath"] is { } archive)
        {
            var format = ArchiveFormatOf(values, form);
            // A trailing separator is how a folder that is not there yet is told from a file.
            var path = Path.GetFullPath(archive, directory) + (archive.EndsWith('/') || archive.EndsWith('\\') ? "/" : "");
            var destination = new ImageArchive(path, names.References, format);
            archivePath = destination.Path;
            places.Add(destination);
        }

        if (values["LocalRegistry"] is { } engine)
        {
            places.Add(new EngineDestination(await ContainerEngine.FindAsync(engine, context.Environment, cancellationToken), names.References));
        }

        if (registry is not null)
        {
            places.Add(registry);
        }

        if (places.Count == 0)
        {
            places.Add(context.Images.Destination(names.References));
            layoutPath = context.Images.Directory;
        }

        return new Destinations { Places = places, LayoutPath = layoutPath, ArchivePath = archivePath };
    }

    // docker-archive is what every engine loads; an index, and an image that was asked to be OCI, need the other.
    private static ArchiveFormat ArchiveFormatOf(SettingValues values, ArtifactForm form) =>
        values.OneOf("ContainerImageFormat", "OCI", "Docker") switch
        {
            "OCI" => ArchiveFormat.Oci,
            "Docker" => ArchiveFormat.Docker,
            _ => form.Docker || !form.IsIndex ? ArchiveFormat.Docker : ArchiveFormat.Oci,
        };
}

/// <summary>The form of what is written.</summary>
/// <param name="Docker">Whether it is in Docker's format.</param>
/// <param name="IsIndex">Whether it is an index of several images.</param>
public readonly record struct ArtifactForm(bool Docker, bool IsIndex);
