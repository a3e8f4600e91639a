using Containerize.Testing;

namespace Containerize.Tool.Tests.Containers;

/// <summary>A person at a terminal: tmux shows a screen, takes keys and changes its size. What runs there says at its end whether the terminal is as it was.</summary>
public sealed class TerminalSession : IAsyncDisposable
{
    // The settings of a terminal, all of them, by stty(1). Control-C is for the command alone.
    private const string Script = """
        trap : INT; before=$(stty -g); sh -c "exec env $1"; code=$?; after=$(stty -g)
        if [ "$before" = "$after" ]; then echo "ended with $code, terminal as before"; else echo "ended with $code, terminal CHANGED"; fi
        exec sleep 1000
        """;

    private readonly string _socket;

    private TerminalSession(string socket) => _socket = socket;

    /// <summary>Starts a command, before which there may be variables, in a terminal of 24 lines and 80 columns.</summary>
    public static async Task<TerminalSession> StartAsync(string command)
    {
        var session = new TerminalSession("containerize-" + Guid.NewGuid().ToString("N")[..12]);
        await session.TmuxAsync("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "sh", "-c", Script, "sh", command);
        return session;
    }

    /// <summary>Types keys, as tmux names them.</summary>
    public Task TypeAsync(params string[] keys) => TmuxAsync(["send-keys", .. keys]);

    /// <summary>Gives the window another size.</summary>
    public Task ResizeAsync(int columns, int rows) => TmuxAsync("resize-window", "-x", $"{columns}", "-y", $"{rows}");

    /// <summary>What is on the screen, without the empty lines.</summary>
    public async Task<string> ScreenAsync()
    {
        var screen = await ToolRunner.RunAsync("tmux", "-L", _socket, "capture-pane", "-p", "-J");
        return string.Concat(screen.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd() + "\n"));
    }

    /// <summary>Waits, for a while, until a line is on the screen.</summary>
    /// <returns>The screen.</returns>
    public async Task<string> UntilAsync(string line)
    {
        var screen = "";
        await LocalMachine.UntilAsync(async () => ("\n" + (screen = await ScreenAsync())).Contains($"\n{line}\n", StringComparison.Ordinal));
        return screen;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await ToolRunner.RunAsync("tmux", "-L", _socket, "kill-server");

    private async Task TmuxAsync(params string[] words) => (await ToolRunner.RunWithAsync("tmux", ["-L", _socket, .. words], new Dictionary<string, string> { ["TERM"] = "xterm" })).Succeeded();
}
