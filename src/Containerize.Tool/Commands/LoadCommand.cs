using System.CommandLine;
using Containerize.Images;
using Containerize.Storage;

namespace Containerize.Tool.Commands;

/// <summary><c>load</c>: the images of a file, into the local store.</summary>
internal static class LoadCommand
{
    internal static Command Create(Terminal terminal)
    {
        var input = new Option<string?>("--input", "-i") { Description = "The file; without it, standard input.", HelpName = "FILE" };
        var command = new Command("load", "Reads images from an OCI or Docker archive: plain, gzip or zstd.") { input };
        command.SetAction(async (parsed, token) =>
        {
            if (parsed.GetValue(input) is { } file)
            {
                await LoadAsync(terminal.PathOf(file), terminal, token);
                return 0;
            }

            if (!terminal.InputRedirected)
            {
                throw new ContainerizeException(
                    7024, "loading from standard input", "it is a terminal", "Name a file with -i FILE, or redirect the input.");
            }

            // An archive is read in the order of its index, not in its own: it must be a file.
            var temporary = Path.Combine(Path.GetTempPath(), $"containerize-{Path.GetRandomFileName()}");
            try
            {
                await SpoolAsync(terminal, temporary, token);
                await LoadAsync(temporary, terminal, token);
            }
            finally
            {
                File.Delete(temporary);
            }

            return 0;
        });
        return command;
    }

    private static async Task SpoolAsync(Terminal terminal, string path, CancellationToken token)
    {
        try
        {
            await using var from = terminal.OpenInput();
            await using var to = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await from.CopyToAsync(to, token);
            if (to.Length == 0)
            {
                throw new ContainerizeException(7024, "loading from standard input", "it is empty", "Name a file with -i FILE, or see why the program before the pipe gave nothing.");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Write(path, e);
        }
    }

    private static async Task LoadAsync(string path, Terminal terminal, CancellationToken token)
    {
        var store = LocalImages.Open(terminal);
        foreach (var image in await ImageArchive.ReadAllAsync(path, token))
        {
            await store.Destination(image.References).WriteAsync(image.Artifact, token);
            if (image.References.Count == 0)
            {
                terminal.Out.WriteLine($"Loaded image: {image.Artifact.Digest}");
            }

            foreach (var reference in image.References)
            {
                terminal.Out.WriteLine($"Loaded image: {reference}");
            }
        }
    }
}
