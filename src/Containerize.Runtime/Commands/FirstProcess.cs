using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Commands;

/// <summary>The small first process of a container (--init): it passes signals on to the program, and reaps those whose parents have gone.</summary>
internal static class FirstProcess
{
    private const int NotFound = 127;

    // All that can be caught and are not the process's own business.
    private static readonly int[] Forwarded = [1, 2, 3, 10, 12, 15, 18, 28];

    /// <summary>Runs the program to its end; the exit code is its own.</summary>
    public static int Run(IReadOnlyList<string> words)
    {
        if (Find(words[0]) is not { } path)
        {
            FileSystem.TryWrite(2, System.Text.Encoding.UTF8.GetBytes($"containerize-init: {words[0]}: executable file not found in $PATH\n"));
            return NotFound;
        }

        using var child = ChildProcess.StartInPlace(path, words, OwnEnvironment.Variables());
        var registrations = Signals.Forward(Forwarded, child.Process);
        const int Often = 1000;
        while (!Polling.Wait(child.Process, Often))
        {
            Waiting.ReapOthers(child.Id);
        }

        var code = child.Wait() ?? 0;
        GC.KeepAlive(registrations);
        return code;
    }

    private static string? Find(string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(name) ? name : null;
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':').Select(d => Path.Combine(d.Length == 0 ? "." : d, name)).FirstOrDefault(File.Exists);
    }
}
