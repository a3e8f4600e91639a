using System.CommandLine;
using Containerize.Registries;
using Containerize.Storage;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>images</c>: what is in the local store.</summary>
internal static class ImagesCommand
{
    internal static Command Create(Terminal terminal)
    {
        var name = new Argument<string?>("NAME") { Description = "Only images of this repository, or this repository and tag.", Arity = ArgumentArity.ZeroOrOne };
        var format = FormatOption.Create();
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Digests only, one a line." };
        var noTrunc = new Option<bool>("--no-trunc") { Description = "Whole digests." };
        var digests = new Option<bool>("--digests") { Description = "A column with whole digests beside the short ids." };
        var command = new Command("images", "Lists the local images.") { name, quiet, noTrunc, digests, format };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(name);
            var images = LocalImages.Open(terminal).List().Where(i => wanted is null || Matches(i, wanted)).ToList();
            if (parsed.GetValue(format) == FormatOption.Json)
            {
                ImagesReport.WriteJson(images, terminal.Out);
            }
            else if (parsed.GetValue(quiet))
            {
                ImagesReport.WriteDigests(images, parsed.GetValue(noTrunc), terminal.Out);
            }
            else
            {
                ImagesReport.WriteTable(images, new ImagesColumns(parsed.GetValue(noTrunc), parsed.GetValue(digests)), terminal);
            }

            return 0;
        });
        return command;
    }

    // "app" is every tag of it, "app:1.0" the one.
    private static bool Matches(StoredImage image, string wanted)
    {
        var reference = Reference.Parse(wanted);
        return image.Reference is { } there
            && there.Registry == reference.Registry
            && there.Repository == reference.Repository
            && (reference.Digest is null || reference.Digest == image.Descriptor.Digest)
            && (!HasTag(wanted) || there.Tag == reference.Tag);
    }

    private static bool HasTag(string text)
    {
        var name = text.Split('@')[0];
        return name.LastIndexOf(':') > name.LastIndexOf('/');
    }
}
