using System.CommandLine;
using Containerize.Images;
using Containerize.Registries;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>pull</c>: an image of a registry, into the local store.</summary>
internal static class PullCommand
{
    internal static Command Create(Terminal terminal, Option<Verbosity> verbosity)
    {
        var name = new Argument<string>("REF") { Description = "The image: [registry[:port]/]repository[:tag][@digest]." };
        var platform = PlatformOption.Create("The platform, of an image for several; without it, this machine's.");
        var all = new Option<bool>("--all-platforms") { Description = "All platforms." };
        var format = FormatOption.Create();
        var command = new Command("pull", "Reads an image from a registry into the local images.") { name, platform, all, format };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) && result.GetValue(platform) is not null)
            {
                result.AddError("--platform and --all-platforms exclude each other");
            }
        });
        command.SetAction(async (parsed, token) =>
        {
            using var places = new ImagePlaces(terminal, parsed.GetValue(verbosity));
            var reference = Reference.Parse(parsed.GetValue(name)!);
            var source = places.Registries.PullSource(reference);
            var artifact = await source.ReadAsync(parsed.GetValue(platform), token);
            if (artifact is ImageIndex && !parsed.GetValue(all))
            {
                artifact = await artifact.SelectAsync(PlatformOption.OfThisMachine(), source.Name, token);
            }

            // A pinned name is one for people by its tag; without a tag the image is kept by its digest.
            IReadOnlyList<Reference> names = reference.Tag is null ? [] : [reference.Digest is null ? reference : reference.WithTag(reference.Tag)];
            await places.View.RunAsync(() => LocalImages.Open(terminal).Destination(names).WriteAsync(artifact, token));
            MovedImages.Write([new MovedImage(names.Count == 0 ? null : names[0].ToString(), artifact.Descriptor)], parsed.GetValue(format)!, terminal.Out);
            return 0;
        });
        return command;
    }
}
