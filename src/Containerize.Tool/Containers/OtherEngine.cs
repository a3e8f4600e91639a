using System.Diagnostics;

namespace Containerize.Tool.Containers;

/// <summary>Hands an image to docker or podman, with the rest of the command line.</summary>
internal static class OtherEngine
{
    /// <summary>Loads a local image there and runs it; the exit code is theirs.</summary>
    internal static async Task<int> RunAsync(string engine, string? image, Terminal terminal, CancellationToken token)
    {
        if (engine is not ("docker" or "podman"))
        {
            throw new ContainerizeException(5020, $"reading --engine {engine}", "it is none that is known", "There are docker and podman.");
        }

        if (image is null)
        {
            throw new ContainerizeException(5020, $"reading --engine {engine}", "it needs an image", "Build the project first, and name its image.");
        }

        var store = Commands.LocalImages.Open(terminal);
        try
        {
            var stored = store.Resolve(image);
            var code = await LoadAsync(engine, image, terminal, token);
            if (code != 0)
            {
                return code;
            }

            image = stored.Reference?.ToString() ?? image;
        }
        catch (ContainerizeException e) when (e.Number == 3020)
        {
            // Not a local image: the engine knows it, or gets it.
        }

        return await StartAsync(engine, ["run", .. Words()], null, token);
    }

    // As they were typed, without what is ours.
    private static IEnumerable<string> Words()
    {
        var words = Environment.GetCommandLineArgs().SkipWhile(w => w != Commands.RunCommand.Name).Skip(1).ToList();
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i] == "--engine")
            {
                i++;
            }
            else if (!words[i].StartsWith("--engine=", StringComparison.Ordinal))
            {
                yield return words[i];
            }
        }
    }

    private static async Task<int> LoadAsync(string engine, string image, Terminal terminal, CancellationToken token)
    {
        var file = Path.Combine(Path.GetTempPath(), $"containerize-{Guid.NewGuid():N}.tar");
        try
        {
            var code = await CommandLine.RunAsync(["save", image, "-o", file], terminal, token);
            return code != 0 ? code : await StartAsync(engine, ["load", "-q", "-i", file], Stream.Null, token);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<int> StartAsync(string program, IEnumerable<string> words, Stream? output, CancellationToken token)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = output is not null };
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }

        try
        {
            using var process = Process.Start(start)!;
            if (output is not null)
            {
                await process.StandardOutput.BaseStream.CopyToAsync(output, token);
            }

            await process.WaitForExitAsync(token);
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new ContainerizeException(5042, $"starting {program}", e.Message.TrimEnd('.'), $"Install {program}, or leave --engine out.");
        }
    }
}
