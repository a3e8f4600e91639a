using System.CommandLine;
using System.Globalization;
using Containerize.Containers;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Registries;
using Containerize.Tool.Containers;

namespace Containerize.Tool.Commands;

/// <summary><c>commit</c>: a container's changes as a new image.</summary>
internal static class CommitCommand
{
    internal static Command Create(Terminal terminal)
    {
        var name = ContainerCommands.Name();
        var image = new Argument<string?>("NAME") { Description = "The new image's name; without one it has only its digest.", Arity = ArgumentArity.ZeroOrOne };
        var author = ContainerOptions.One("--author", "TEXT", "Who made it.", "-a");
        var message = ContainerOptions.One("--message", "TEXT", "A remark.", "-m");
        var changes = ContainerOptions.Several("--change", "INSTRUCTION", "Changes the configuration: CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR.", "-c");
        var pause = new Option<bool>("--pause", "-p") { Description = "Stops a container's processes where they are meanwhile; true.", DefaultValueFactory = _ => true };
        var command = new Command("commit", "Makes an image of a container: its own, and one layer more with what it changed.") { name, image, author, message, changes, pause };
        command.SetAction(async (parsed, token) =>
        {
            var engine = new LocalEngine(terminal);
            var container = engine.Containers.Resolve(parsed.GetValue(name)!);
            IReadOnlyList<Reference> references = parsed.GetValue(image) is { } text ? [Reference.Parse(text)] : [];
            var baseImage = await BaseAsync(container, engine, terminal, token);
            var options = new CommitOptions
            {
                Author = parsed.GetValue(author),
                Message = parsed.GetValue(message),
                Changes = ContainerOptions.Values(parsed, changes),
                Created = Now(terminal),
            };
            var cache = new LayerCache(Path.Combine(engine.Paths.Cache, "layers"));
            using var lease = cache.Lease();
            var paused = parsed.GetValue(pause) && container.Status.Status == "running" && TryPause(container, engine);
            Image made;
            try
            {
                made = ContainerCommit.Make(container, baseImage, options, cache, token);
            }
            finally
            {
                if (paused)
                {
                    ContainerCommands.Ask(container, "unpausing", ControlMessage.Unpause);
                }
            }

            await engine.Images.Destination(references).WriteAsync(made, token);
            terminal.Out.WriteLine(made.Digest);
            return 0;
        });
        return command;
    }

    // A plain user's container may have no cgroup to be frozen in.
    private static bool TryPause(LocalContainer container, LocalEngine engine)
    {
        try
        {
            ContainerCommands.Ask(container, "pausing", ControlMessage.Pause);
            return true;
        }
        catch (ContainerizeException e) when (e.Number is 5023 or 5026)
        {
            engine.Warn($"the container goes on meanwhile, and what it writes may be half in the image: {e.Message}");
            return false;
        }
    }

    // A name may lead to another image by now; the digest says which it was.
    private static async Task<Image> BaseAsync(LocalContainer container, LocalEngine engine, Terminal terminal, CancellationToken token)
    {
        var doing = $"finding the image of the container '{container.Name}'";
        if (container.Record.ImageDigest is not { } digest)
        {
            throw new ContainerizeException(5055, doing, "it was made of a project, which has none", "Build the project's image, and run that: 'dotnet containerize build'.");
        }

        using var places = new ImagePlaces(terminal, Verbosity.Quiet);
        foreach (var stored in engine.Images.List())
        {
            if (await SelectAsync(engine.Images.Source(stored), container, token) is { } found)
            {
                return found;
            }
        }

        if (ImagePlaces.AtRegistry(container.Record.Image) is null
            && await SelectAsync(places.Source(container.Record.Image, localFirst: false), container, token) is { } there)
        {
            return there;
        }

        throw new ContainerizeException(5055, doing, $"there is no image {digest} here any more", $"Get '{container.Record.Image}' again: 'dotnet containerize pull'.");
    }

    private static async Task<Image?> SelectAsync(IImageSource source, LocalContainer container, CancellationToken token)
    {
        var artifact = await source.ReadAsync(token);
        if (artifact is ImageIndex index && index.Index.Manifests.FirstOrDefault(m => m.Digest == container.Record.ImageDigest) is { } child)
        {
            artifact = await index.ReadChildAsync(child, token);
        }

        return artifact is Image image && image.Digest == container.Record.ImageDigest ? image : null;
    }

    // https://reproducible-builds.org/specs/source-date-epoch/
    private static DateTimeOffset Now(Terminal terminal) =>
        long.TryParse(terminal.Variable("SOURCE_DATE_EPOCH"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.UtcNow;
}
