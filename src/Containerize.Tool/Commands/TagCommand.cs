using System.CommandLine;
using Containerize.Registries;

namespace Containerize.Tool.Commands;

/// <summary><c>tag</c>: a second name for an image.</summary>
internal static class TagCommand
{
    internal static Command Create(Terminal terminal)
    {
        var source = new Argument<string>("SOURCE") { Description = "A name, a digest, or the first characters of one." };
        var target = new Argument<string>("TARGET") { Description = "The new name; where it is taken, it moves." };
        var command = new Command("tag", "Gives a local image another name.") { source, target };
        command.SetAction(async (parsed, token) =>
        {
            var store = LocalImages.Open(terminal);
            var to = Reference.Parse(parsed.GetValue(target)!);
            if (to.Digest is not null)
            {
                throw new ContainerizeException(
                    7022, $"naming an image {to}", "a name that is given has no digest, which follows from the content", "Leave out what begins with '@'.");
            }

            var image = store.Resolve(parsed.GetValue(source)!);
            await store.Destination([to]).WriteAsync(await store.Source(image).ReadAsync(token), token);
            return 0;
        });
        return command;
    }
}
