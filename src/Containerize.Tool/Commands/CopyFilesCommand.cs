using System.CommandLine;
using Containerize.Containers.Files;
using Containerize.Linux;
using Containerize.Storage;
using Containerize.Tool.Containers;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>cp</c>: files into a container and out of it.</summary>
internal static class CopyFilesCommand
{
    internal static Command Create(Terminal terminal)
    {
        var from = new Argument<string>("SRC") { Description = "CONTAINER:PATH or a path here; - is a tar from standard input." };
        var to = new Argument<string>("DST") { Description = "The other of the two; - is a tar to standard output." };
        var archive = ContainerOptions.Flag("--archive", "Keeps owners; else files belong to root in a container, and here to you.", "-a");
        var follow = ContainerOptions.Flag("--follow-link", "Copies what a link SRC leads to.", "-L");
        var quiet = ContainerOptions.Flag("--quiet", "Says nothing of it.", "-q");
        var command = new Command("cp", "Copies files between a container and this machine, whether the container runs or not.") { from, to, archive, follow, quiet };
        command.SetAction((parsed, token) =>
        {
            var (source, destination) = (CopyEnd.Parse(parsed.GetValue(from)!), CopyEnd.Parse(parsed.GetValue(to)!));
            var copy = new Copy(terminal, new LocalEngine(terminal), parsed.GetValue(archive), parsed.GetValue(follow), token);
            if (source.Container is not null == destination.Container is not null)
            {
                throw new ContainerizeException(
                    5056,
                    "reading what cp is to copy",
                    source.Container is null ? "neither SRC nor DST is in a container" : "SRC and DST are both in containers",
                    "Write CONTAINER:PATH for one of them; between containers a tar goes: 'cp a:/x - | ... cp - b:/y'.");
            }

            var copied = source.Container is null ? copy.In(source, destination) : copy.Out(source, destination);
            if (!parsed.GetValue(quiet) && !destination.IsStream)
            {
                terminal.Error.WriteLine($"Successfully copied {ByteSize.Of(copied)} to {parsed.GetValue(to)}");
            }

            return Task.FromResult(0);
        });
        return command;
    }

    private sealed class Copy(Terminal terminal, LocalEngine engine, bool keepsOwners, bool followsLink, CancellationToken token)
    {
        private readonly (uint, uint)? _owner = keepsOwners ? null : (0, 0);

        internal long In(CopyEnd from, CopyEnd to)
        {
            var container = engine.Containers.Resolve(to.Container!);
            using var view = ContainerView.Open(engine, container, "--mounts", "--write");
            var place = FilePlace.InContainer(view.Root, to.Path, container.Name);
            var doing = $"copying {from.Path} to {place.Shown}";
            if (from.IsStream)
            {
                using var into = place.Target();
                // As docker has it: what is in a tar has the owners that the tar names.
                var extraction = new TarExtraction { Doing = $"copying a tar to {place.Shown}" };
                return into.Kind == CopyTargetKind.Directory
                    ? Extracted(extraction, () => extraction.Run(terminal.OpenInput(), Owned(into), token))
                    : throw new ContainerizeException(5051, doing, "what a tar is extracted to must be a directory that is there", "Name one.");
            }

            var source = FilePlace.OnHost(terminal.Directory, from.Path);
            using var node = source.Open(followsLink);
            using var target = place.Target();
            var way = CopyRules.Decide(source, node.IsDirectory, place, target);
            return Transferred(node, target.PathOf(way, source.Name), target, new TarExtraction { Doing = doing, Owner = _owner });
        }

        internal long Out(CopyEnd from, CopyEnd to)
        {
            if (to.IsStream && !terminal.OutputRedirected)
            {
                throw ExportCommand.IsTerminal("copying to standard output", "Redirect the output, or name a path.");
            }

            var container = engine.Containers.Resolve(from.Container!);
            using var view = ContainerView.Open(engine, container, "--mounts");
            var source = FilePlace.InContainer(view.Root, from.Path, container.Name);
            using var node = source.Open(followsLink);
            var doing = $"copying {source.Shown} to {to.Path}";
            if (to.IsStream)
            {
                using var output = terminal.OpenOutput();
                try
                {
                    TreeTransfer.Archive(node, source.IsContents ? [] : System.Text.Encoding.UTF8.GetBytes(source.Name), output, doing, token);
                }
                catch (IOException e)
                {
                    throw StorageErrors.Write("standard output", e);
                }

                return 0;
            }

            var place = FilePlace.OnHost(terminal.Directory, to.Path);
            using var target = place.Target();
            var way = CopyRules.Decide(source, node.IsDirectory, place, target);
            return Transferred(node, target.PathOf(way, source.Name), target, new TarExtraction { Doing = doing, Owner = _owner, IsHost = true });
        }

        private long Transferred(OpenedNode node, byte[] path, CopyTarget target, TarExtraction extraction) =>
            Extracted(extraction, () => TreeTransfer.Run(node, path, Owned(target), extraction, token));

        private long Extracted(TarExtraction extraction, Action run)
        {
            run();
            if (extraction.Warning is { } warning)
            {
                engine.Warn(warning);
            }

            return extraction.Bytes;
        }

        // Who extracts closes it.
        private static Descriptor Owned(CopyTarget target) => new(target.Directory.Release());
    }
}
