using System.CommandLine;
using Containerize.Bases;
using Containerize.Images;
using Containerize.Oci;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>inspect</c>: one image, from the store, a layout or an archive.</summary>
internal static class InspectCommand
{
    internal static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("NAME")
        {
            Description = "A name, a digest or the first characters of one; or oci:FOLDER, oci-archive:FILE, docker-archive:FILE, each with :NAME where it holds several.",
        };
        var platform = new Option<string?>("--platform") { Description = "Only this platform of an image for several.", HelpName = "OS/ARCH" };
        var format = FormatOption.Create();
        var command = new Command("inspect", "Shows an image: configuration and layers.") { name, platform, format };
        command.SetAction(async (parsed, token) =>
        {
            var inspected = await ReadAsync(parsed.GetValue(name)!, parsed.GetValue(platform) is { } p ? Platform.Parse(p) : null, terminal, token);
            if (parsed.GetValue(format) == FormatOption.Json)
            {
                InspectJson.Write(inspected, terminal.Out);
            }
            else
            {
                InspectText.Write(inspected, terminal);
            }

            return 0;
        });
        return command;
    }

    private static async Task<Inspected> ReadAsync(string text, Platform? platform, Terminal terminal, CancellationToken token)
    {
        var (name, source) = Source(text, terminal);
        var artifact = await source.ReadAsync(token);
        if (platform is not null)
        {
            return new Inspected(name, artifact, [await artifact.SelectAsync(platform, name, token)]);
        }

        // Attestations and other artefacts in an index are no images.
        var images = (await ArtifactCopy.ChildrenFirstAsync(artifact, token))
            .OfType<Image>()
            .Where(i => i.Digest == artifact.Digest || (IsImage(i) && i.Platform.Os != "unknown"))
            .ToList();
        return new Inspected(name, artifact, images);
    }

    private static bool IsImage(Image image) => image.Manifest.Config.MediaType is MediaTypes.OciConfig or MediaTypes.DockerConfig;

    private static (string Name, IImageSource Source) Source(string text, Terminal terminal)
    {
        if (!text.StartsWith("oci:", StringComparison.Ordinal)
            && !text.StartsWith("oci-archive:", StringComparison.Ordinal)
            && !text.StartsWith("docker-archive:", StringComparison.Ordinal))
        {
            var store = LocalImages.Open(terminal);
            var stored = store.Resolve(text);
            return (stored.Reference?.ToString() ?? stored.Descriptor.Digest.ToString(), store.Source(stored));
        }

        var place = BaseReference.Parse(text, terminal.Directory);
        IImageSource source = place.Kind switch
        {
            BaseKind.OciLayout => new OciLayout(place.Path!, place.Name),
            BaseKind.OciArchive => ImageArchive.Open(place.Path!, place.Name, ArchiveFormat.Oci),
            _ => ImageArchive.Open(place.Path!, place.Name, ArchiveFormat.Docker),
        };
        return (text, source);
    }
}
