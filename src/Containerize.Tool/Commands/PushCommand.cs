using System.CommandLine;
using Containerize.Registries;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>push</c>: a local image, to registries.</summary>
internal static class PushCommand
{
    internal static Command Create(Terminal terminal, Option<Verbosity> verbosity)
    {
        var image = new Argument<string>("IMAGE") { Description = "A local image: a name, a digest or the first characters of one; or oci:FOLDER, oci-archive:FILE, docker-archive:FILE." };
        var names = new Argument<string[]>("DEST")
        {
            Description = "Names at registries; without any, the image's own. Everything is at all of them before the first tag moves.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var platform = PlatformOption.Create("Only this platform of an image for several; without it, all of them.");
        var format = FormatOption.Create();
        var command = new Command("push", "Writes a local image to a registry; what is there already is not sent.") { image, names, platform, format };
        command.SetAction(async (parsed, token) =>
        {
            using var places = new ImagePlaces(terminal, parsed.GetValue(verbosity));
            var source = places.Source(parsed.GetValue(image)!, localFirst: true);
            var written = parsed.GetValue(names) is { Length: > 0 } given ? given : [source.Name];
            IReadOnlyList<Reference> references = [.. written.Select(n => AtRegistry(n, source.Name))];
            var artifact = await source.ReadAsync(parsed.GetValue(platform), token);
            await places.View.RunAsync(() => places.Registries.PushDestination(references).WriteAsync(artifact, token));
            MovedImages.Write([.. references.Select(r => new MovedImage(r.ToString(), artifact.Descriptor))], parsed.GetValue(format)!, terminal.Out);
            return 0;
        });
        return command;
    }

    private static Reference AtRegistry(string name, string image) => name.StartsWith("sha256:", StringComparison.Ordinal) || ImagePlaces.AtRegistry(name) is not { } reference
        ? throw new ContainerizeException(
            7029, $"pushing {image}", $"'{name}' is no name at a registry", "Name one: 'push IMAGE registry.example.com/team/app:1.0'; for other places there is 'copy'.")
        : reference;
}
