using System.CommandLine;
using Containerize.Bases;
using Containerize.Containers;
using Containerize.Images;
using Containerize.Oci;
using Containerize.Storage;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>inspect</c>: one image, from the store, a layout or an archive.</summary>
internal static class InspectCommand
{
    internal static Command Create(Terminal terminal)
    {
        var name = new Argument<string[]>("NAME")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "A container's name or id; or an image's name, digest or the first characters of one; or oci:FOLDER, oci-archive:FILE, docker-archive:FILE, each with :NAME where it holds several.",
        };
        var platform = new Option<string?>("--platform") { Description = "Only this platform of an image for several.", HelpName = "OS/ARCH" };
        var type = new Option<string?>("--type") { Description = "container or image, where one name is both.", HelpName = "TYPE" };
        var format = new Option<string?>("--format", "-f") { Description = "text for people, json for programs, or a template: '{{.State.Status}}'.", HelpName = "text|json|TEMPLATE" };
        var command = new Command("inspect", "Shows a container, or an image: configuration and layers.") { name, platform, format, type };
        command.SetAction(async (parsed, token) =>
        {
            var names = parsed.GetValue(name)!;
            var shape = parsed.GetValue(format);
            if (parsed.GetValue(type) != "image" && Containers(names, terminal, required: parsed.GetValue(type) == "container") is { } containers)
            {
                ContainerJson.Write(containers, shape, terminal.Out);
                return 0;
            }

            if (names.Length != 1 || (shape is not (null or "text" or FormatOption.Json) && !FieldTemplate.Is(shape)))
            {
                throw new ContainerizeException(7021, "reading the command line", names.Length != 1 ? "images are shown one at a time" : $"'{shape}' is no format", "Name one image, and text, json or a template.");
            }

            var inspected = await ReadAsync(names[0], parsed.GetValue(platform) is { } p ? Platform.Parse(p) : null, orContainer: parsed.GetValue(type) is null, terminal, token);
            if (shape is not null && FieldTemplate.Is(shape))
            {
                using var text = new StringWriter();
                InspectJson.Write(inspected, text);
                using var json = System.Text.Json.JsonDocument.Parse(text.ToString());
                terminal.Out.WriteLine(FieldTemplate.Fill(shape, json.RootElement));
            }
            else if (shape == FormatOption.Json)
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

    // Null where they are not all containers.
    private static List<LocalContainer>? Containers(string[] names, Terminal terminal, bool required)
    {
        var store = new ContainerStore(StoragePaths.From(terminal.Variable));
        try
        {
            return [.. names.Select(store.Resolve)];
        }
        catch (ContainerizeException e) when (e.Number is 5030 or 5031 && !required)
        {
            return null;
        }
    }

    private static async Task<Inspected> ReadAsync(string text, Platform? platform, bool orContainer, Terminal terminal, CancellationToken token)
    {
        var (name, source) = Source(text, orContainer, terminal);
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

    private static StoredImage Resolve(ImageStore store, string text, bool orContainer, Terminal terminal)
    {
        try
        {
            return store.Resolve(text);
        }
        catch (ContainerizeException e) when (e.Number == 3020 && orContainer)
        {
            FailIfSeveral(text, terminal);
            throw new ContainerizeException(
                3020, $"finding '{text}'", "no container and no image has this name", "See 'dotnet containerize ps -a' and 'dotnet containerize images'.", e);
        }
    }

    // Several containers whose ids begin so are not none.
    private static void FailIfSeveral(string text, Terminal terminal)
    {
        try
        {
            new ContainerStore(StoragePaths.From(terminal.Variable)).Resolve(text);
        }
        catch (ContainerizeException e) when (e.Number == 5030)
        {
        }
    }

    private static (string Name, IImageSource Source) Source(string text, bool orContainer, Terminal terminal)
    {
        if (!text.StartsWith("oci:", StringComparison.Ordinal)
            && !text.StartsWith("oci-archive:", StringComparison.Ordinal)
            && !text.StartsWith("docker-archive:", StringComparison.Ordinal))
        {
            var store = LocalImages.Open(terminal);
            var stored = Resolve(store, text, orContainer, terminal);
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
