using System.CommandLine;
using Containerize.Images;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>copy</c>: from any place to any other, with no local image between.</summary>
internal static class CopyCommand
{
    internal static Command Create(Terminal terminal, Option<Verbosity> verbosity)
    {
        var from = new Argument<string>("SRC") { Description = $"A name at a registry; or {ImagePlaces.Forms}." };
        var to = new Argument<string>("DST") { Description = "The same." };
        var platform = PlatformOption.Create("Only this platform of an image for several; without it, all of them.");
        var format = FormatOption.Create();
        var command = new Command("copy", "Copies an image between registries, layouts, archives and the local images; within a registry no layer is sent.") { from, to, platform, format };
        command.SetAction(async (parsed, token) =>
        {
            using var places = new ImagePlaces(terminal, parsed.GetValue(verbosity));
            var destination = places.Destination(parsed.GetValue(to)!);
            var artifact = await ReadAsync(places, parsed.GetValue(from)!, parsed.GetValue(platform), token);
            await places.View.RunAsync(() => destination.WriteAsync(artifact, token));
            // A layout knows no form but OCI's, in which an image of Docker's is another.
            if (destination is OciLayout layout)
            {
                artifact = await layout.ReadAsync(token);
            }

            MovedImages.Write([new MovedImage(destination.Name, artifact.Descriptor)], parsed.GetValue(format)!, terminal.Out);
            return 0;
        });
        return command;
    }

    // A name is a registry's here, and somebody may have meant the local image of that name.
    private static async Task<Artifact> ReadAsync(ImagePlaces places, string from, string? platform, CancellationToken token)
    {
        try
        {
            return await places.Source(from, localFirst: false).ReadAsync(platform, token);
        }
        catch (ContainerizeException e) when (ImagePlaces.IsRegistrys(e) && places.HasLocally(from))
        {
            throw e.Retold(also: $"There is a local image of that name: write local:{from}.");
        }
    }
}
