using System.CommandLine;
using Containerize.Images;
using Containerize.Registries;
using Containerize.Storage;

namespace Containerize.Tool.Commands;

/// <summary><c>save</c>: local images as one file.</summary>
internal static class SaveCommand
{
    internal static Command Create(Terminal terminal)
    {
        var names = new Argument<string[]>("NAME") { Description = "Names, digests, or the first characters of one.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o") { Description = "The file; compressed where it ends in .tar.gz or .tgz. Without it the archive goes to standard output.", HelpName = "FILE" };
        var format = new Option<string>("--format")
        {
            Description = "oci-archive holds everything; docker-archive one platform, for older Dockers.",
            HelpName = "oci-archive|docker-archive",
            DefaultValueFactory = _ => "oci-archive",
        };
        format.AcceptOnlyFromAmong("oci-archive", "docker-archive");
        var command = new Command("save", "Writes local images to a file that docker, podman and skopeo read.") { names, output, format };
        command.SetAction(async (parsed, token) =>
        {
            var file = parsed.GetValue(output);
            if (file is null && !terminal.OutputRedirected)
            {
                throw new ContainerizeException(
                    7023, "saving to standard output", "it is a terminal, and an archive is not text", "Name a file with -o FILE, or redirect the output.");
            }

            var images = await ReadAsync(LocalImages.Open(terminal), parsed.GetValue(names)!, token);
            var kind = parsed.GetValue(format) == "docker-archive" ? ArchiveFormat.Docker : ArchiveFormat.Oci;
            if (file is not null)
            {
                await ImageArchive.WriteAsync(terminal.PathOf(file), images, kind, token);
                return 0;
            }

            await using var stream = terminal.OpenOutput();
            try
            {
                await ImageArchive.WriteAsync(stream, images, kind, token);
            }
            catch (IOException e)
            {
                throw StorageErrors.Write("standard output", e);
            }

            return 0;
        });
        return command;
    }

    // Each image once, with the names under which it was asked for.
    private static async Task<IReadOnlyList<NamedArtifact>> ReadAsync(ImageStore store, string[] names, CancellationToken token)
    {
        var images = new List<NamedArtifact>();
        foreach (var name in names)
        {
            var stored = store.Resolve(name);
            IReadOnlyList<Reference> references = Reference.TryParse(name, out var asked) && store.Contains(asked) && stored.Reference is { } reference ? [reference] : [];
            var known = images.FindIndex(i => i.Artifact.Digest == stored.Descriptor.Digest);
            if (known >= 0)
            {
                images[known] = images[known] with { References = [.. images[known].References.Union(references)] };
            }
            else
            {
                images.Add(new NamedArtifact(await store.Source(stored).ReadAsync(token), references));
            }
        }

        return images;
    }
}
