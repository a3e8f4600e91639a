using System.CommandLine;
using Containerize.Oci;
using Containerize.Registries;
using Containerize.Storage;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>manifest</c>: a manifest or index, byte for byte.</summary>
internal static class ManifestCommand
{
    internal static Command Create(Terminal terminal, Option<Verbosity> verbosity)
    {
        var name = new Argument<string>("REF") { Description = $"A name at a registry; or {ImagePlaces.Forms}." };
        var platform = PlatformOption.Create("The manifest of this platform, of an image for several.");
        var format = new Option<string>("--format")
        {
            Description = "raw is the document's own bytes, whose digest is the image's; json has the document with its name, media type and digest.",
            HelpName = "raw|json",
            DefaultValueFactory = _ => "raw",
        };
        format.AcceptOnlyFromAmong("raw", FormatOption.Json);
        var command = new Command("manifest", "Shows the manifest or index of an image.") { name, platform, format };
        command.SetAction(async (parsed, token) =>
        {
            using var places = new ImagePlaces(terminal, parsed.GetValue(verbosity));
            var text = parsed.GetValue(name)!;
            var document = await ReadAsync(places, text, parsed.GetValue(platform), token);
            if (parsed.GetValue(format) == FormatOption.Json)
            {
                JsonText.Write(terminal.Out, json =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("schemaVersion", 1);
                    json.WriteString("reference", text);
                    json.WriteString("mediaType", document.MediaType);
                    json.WriteString("digest", Digest.Of(document.Bytes).ToString());
                    json.WriteDocument("manifest", document.Bytes);
                    json.WriteEndObject();
                });
                return 0;
            }

            await using var output = terminal.OpenOutput();
            try
            {
                await output.WriteAsync(document.Bytes, token);
            }
            catch (IOException e)
            {
                throw StorageErrors.Write("standard output", e);
            }

            return 0;
        });
        return command;
    }

    // At a registry anything may have a manifest, which need not be an image's.
    private static async Task<ManifestDocument> ReadAsync(ImagePlaces places, string text, string? platform, CancellationToken token)
    {
        if (platform is null && ImagePlaces.AtRegistry(text) is { } reference)
        {
            return places.Registries.ReadManifest(reference, token);
        }

        var artifact = await places.Source(text, localFirst: false).ReadAsync(platform, token);
        return new ManifestDocument(artifact.Descriptor.MediaType, artifact.Bytes.ToArray());
    }
}
