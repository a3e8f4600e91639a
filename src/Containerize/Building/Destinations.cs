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
    /// <param name="docker">Whether the image is in Docker's format, which decides the archive's kind.</param>
    /// <param name="isIndex">Whether it is an index of several images.</param>
    /// <param name="context">The machine.</param>
    public static Destinations Read(SettingValues values, ImageNames names, bool docker, bool isIndex, BuildContext context)
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
            var format = ArchiveFormatOf(values, docker, isIndex);
            // A trailing separator is how a folder that is not there yet is told from a file.
            var path = Path.GetFullPath(archive, directory) + (archive.EndsWith('/') || archive.EndsWith('\\') ? "/" : "");
            var destination = new ImageArchive(path, names.References, format);
            archivePath = destination.Path;
            places.Add(destination);
        }

        if (values.OneOf("LocalRegistry", "Docker", "Podman") is { } engine)
        {
            places.Add(new EngineDestination(engine, names.References));
        }

        if (names.Registry is not null)
        {
            places.Add(context.Registries.PushDestination(names.References));
        }

        if (places.Count == 0)
        {
            places.Add(context.Images.Destination(names.References));
            layoutPath = context.Images.Directory;
        }

        return new Destinations { Places = places, LayoutPath = layoutPath, ArchivePath = archivePath };
    }

    // docker-archive is what every engine loads; an index, and an image that was asked to be OCI, need the other.
    private static ArchiveFormat ArchiveFormatOf(SettingValues values, bool docker, bool isIndex) =>
        values.OneOf("ContainerImageFormat", "OCI", "Docker") switch
        {
            "OCI" => ArchiveFormat.Oci,
            "Docker" => ArchiveFormat.Docker,
            _ => docker || !isIndex ? ArchiveFormat.Docker : ArchiveFormat.Oci,
        };
}
