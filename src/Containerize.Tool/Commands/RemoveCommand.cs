using System.CommandLine;
using Containerize.Registries;
using Containerize.Storage;

namespace Containerize.Tool.Commands;

/// <summary><c>rmi</c>: takes names away, and what no name needs.</summary>
internal static class RemoveCommand
{
    internal static Command Create(Terminal terminal)
    {
        var names = new Argument<string[]>("NAME") { Description = "Names; or digests, or the first characters of one.", Arity = ArgumentArity.OneOrMore };
        var force = new Option<bool>("--force", "-f") { Description = "Removes an image named by its digest with all its names, and passes over what is not there." };
        var command = new Command("rmi", "Removes local images, and what no other image needs.") { names, force };
        command.SetAction(async (parsed, token) =>
        {
            var store = LocalImages.Open(terminal);
            var failed = false;
            foreach (var name in parsed.GetValue(names)!)
            {
                try
                {
                    await RemoveAsync(store, name, parsed.GetValue(force), terminal, token);
                }
                catch (ContainerizeException e) when (e.Number == 3020 && parsed.GetValue(force))
                {
                    // Gone already, which is what was asked for.
                }
                catch (ContainerizeException e)
                {
                    // The others are removed all the same.
                    Failure.Report(e, terminal, withStack: false);
                    failed = true;
                }
            }

            return failed ? Failure.Failed : 0;
        });
        return command;
    }

    private static async Task RemoveAsync(ImageStore store, string name, bool force, Terminal terminal, CancellationToken token)
    {
        var image = store.Resolve(name);
        var all = store.List().Where(i => i.Descriptor.Digest == image.Descriptor.Digest).Select(i => i.Reference).OfType<Reference>().ToList();
        if (Reference.TryParse(name, out var reference) && store.Contains(reference) && image.Reference is { } named)
        {
            await store.RemoveAsync(named, token);
            terminal.Out.WriteLine($"Untagged: {named}");
            if (all.Count == 1)
            {
                terminal.Out.WriteLine($"Deleted: {image.Descriptor.Digest}");
            }

            return;
        }

        if (all.Count > 1 && !force)
        {
            throw new ContainerizeException(
                7030, $"removing the image {image.Descriptor.Digest.Abbreviated}", $"it has several names: {string.Join(", ", all)}", "Remove these, or add -f to remove them all.");
        }

        await store.RemoveAsync(image.Descriptor.Digest, token);
        foreach (var one in all)
        {
            terminal.Out.WriteLine($"Untagged: {one}");
        }

        terminal.Out.WriteLine($"Deleted: {image.Descriptor.Digest}");
    }
}
