namespace Containerize.Tool;

/// <summary>Asks for what was not given; only where there is somebody to answer.</summary>
internal sealed class Prompt(Terminal terminal, string registry)
{
    /// <summary>The answer, without the end of its line; CTZ4027 where there is no terminal.</summary>
    /// <param name="what">What is asked for.</param>
    /// <param name="hidden">Whether it is not to be seen while it is typed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<string> AskAsync(string what, bool hidden, CancellationToken cancellationToken)
    {
        if (terminal.InputRedirected)
        {
            throw Missing(registry, $"no {what.ToLowerInvariant()} was given, and there is no terminal to ask at");
        }

        using var echo = hidden ? Echo.Off() : null;
        terminal.Error.Write($"{what}: ");
        try
        {
            // Reading cannot be cancelled: the thread is left to it.
            return (await Task.Run(terminal.ReadLine, CancellationToken.None).WaitAsync(cancellationToken) ?? "").TrimEnd('\r', '\n');
        }
        finally
        {
            if (hidden)
            {
                terminal.Error.WriteLine();
            }
        }
    }

    /// <summary>CTZ4027.</summary>
    internal static ContainerizeException Missing(string registry, string why) =>
        new(4027, $"logging in to {registry}", why, "Write: login --username USER --password-stdin, and send the password to standard input.");
}
