using System.CommandLine;
using Containerize.Containers;
using Containerize.Containers.Files;
using Containerize.Layers;
using Containerize.Linux;
using Containerize.Storage;
using Containerize.Tool.Containers;

namespace Containerize.Tool.Commands;

/// <summary><c>export</c>: a container's root filesystem as a tar, without what is mounted in it.</summary>
internal static class ExportCommand
{
    internal static Command Create(Terminal terminal)
    {
        var name = ContainerCommands.Name();
        var output = ContainerOptions.One("--output", "FILE", "The file; without it the tar goes to standard output.", "-o");
        var command = new Command("export", "Writes a container's root filesystem as a tar, without its volumes.") { name, output };
        command.SetAction((parsed, token) =>
        {
            var file = parsed.GetValue(output);
            if (file is null && !terminal.OutputRedirected)
            {
                throw IsTerminal("exporting to standard output", "Name a file with -o FILE, or redirect the output.");
            }

            var engine = new LocalEngine(terminal);
            var container = engine.Containers.Resolve(parsed.GetValue(name)!);
            using var view = ContainerView.Open(engine, container);
            var place = file is null ? "standard output" : terminal.PathOf(file);
            try
            {
                if (file is null)
                {
                    using var stream = terminal.OpenOutput();
                    Write(container, view, stream, token);
                }
                else
                {
                    WriteFile(place, stream => Write(container, view, stream, token));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw StorageErrors.Write(place, e);
            }

            return Task.FromResult(0);
        });
        return command;
    }

    /// <summary>CTZ7023: a tar is not for people to read.</summary>
    internal static ContainerizeException IsTerminal(string doing, string next) => new(7023, doing, "it is a terminal, and an archive is not text", next);

    // Whole or not at all; what is no regular file (a FIFO, /dev/stdout) is written to as it is.
    private static void WriteFile(string path, Action<Stream> write)
    {
        if (File.Exists(path) && (File.GetAttributes(path) & (FileAttributes.Normal | FileAttributes.Archive)) == 0)
        {
            using var there = new FileStream(path, FileMode.Open, FileAccess.Write);
            write(there);
            return;
        }

        var temporary = $"{path}.tmp-{Environment.ProcessId}";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                write(stream);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void Write(LocalContainer container, ContainerView view, Stream output, CancellationToken token)
    {
        var doing = $"exporting the container '{container.Name}'";
        try
        {
            using var tar = new TarWriter(output, LayerSpec.DefaultTime);
            using var root = OpenedNode.Of(FileSystem.Open(view.Root.Number, ".", OpenFlags.PathOnly | OpenFlags.Directory));
            new TreeArchiver(tar, wholeSeconds: true, doing, token).WriteBelow(root);
            tar.Finish();
        }
        catch (SyscallException e)
        {
            throw new ContainerizeException(5052, doing, e.Message, "See 'dotnet containerize doctor'.", e);
        }
    }
}
