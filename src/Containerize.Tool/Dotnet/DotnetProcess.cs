using System.ComponentModel;
using System.Diagnostics;
using Containerize.Storage;

namespace Containerize.Tool.Dotnet;

/// <summary>The dotnet that runs us, as a child.</summary>
internal static class DotnetProcess
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Runs it with our terminal; gives its exit code. CTZ7031 where it cannot be started.</summary>
    internal static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken token)
    {
        using var process = Start(arguments, terminal, redirect: false);
        return await WaitAsync(process, token);
    }

    /// <summary>Runs it with what it writes as our error output; gives its exit code.</summary>
    internal static async Task<int> RunAsideAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken token)
    {
        using var process = Start(arguments, terminal, redirect: true);
        var lines = CopyAsync(process.StandardOutput, terminal.Error);
        var code = await WaitAsync(process, token);
        await lines;
        return code;
    }

    /// <summary>Runs it and gives what it writes; null where it fails.</summary>
    internal static async Task<string?> ReadAsync(IReadOnlyList<string> arguments, Terminal terminal, CancellationToken token)
    {
        using var process = Start(arguments, terminal, redirect: true);
        var text = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        return await WaitAsync(process, token) == 0 ? await text : null;
    }

    private static Process Start(IReadOnlyList<string> arguments, Terminal terminal, bool redirect)
    {
        var host = HostOf(terminal);
        var start = new ProcessStartInfo(host, arguments) { UseShellExecute = false, RedirectStandardOutput = redirect, WorkingDirectory = terminal.Directory };
        if (terminal.Variable(Containers.Entering.Mark) is not null)
        {
            // Processes of MSBuild outlive the build and serve the next: not one of another user namespace (MSBuild's handshake has this in it).
            start.Environment["MSBUILDNODEHANDSHAKESALT"] = "containerize" + terminal.Variable("MSBUILDNODEHANDSHAKESALT");
            // NuGet's folder for what it works on has the user's name, which is root's there for everybody.
            start.Environment["NUGET_SCRATCH"] = terminal.Variable("NUGET_SCRATCH") ?? Path.Combine(StoragePaths.From(terminal.Variable).Cache, "nuget");
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ContainerizeException(
                7031, $"starting {host}", e.Message.TrimEnd('.'), "Install the .NET SDK, or put its folder on PATH.", e);
        }
    }

    // The host that runs us has set the variable; a tool's own launcher has not.
    private static string HostOf(Terminal terminal) =>
        terminal.Variable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
        : Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath!
        : "dotnet";

    private static async Task CopyAsync(StreamReader from, TextWriter to)
    {
        while (await from.ReadLineAsync(CancellationToken.None) is { } line)
        {
            await to.WriteLineAsync(line);
        }
    }

    private static async Task<int> WaitAsync(Process process, CancellationToken token)
    {
        try
        {
            await process.WaitForExitAsync(token);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C reached it as well, and it ends in its own way; a signal to us alone did not.
            using var grace = new CancellationTokenSource(Grace);
            try
            {
                await process.WaitForExitAsync(grace.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }

            throw;
        }

        return process.ExitCode;
    }
}
