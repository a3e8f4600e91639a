using System.Text.Json.Nodes;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Security;

/// <summary>A container that was started and goes on; gone when disposed.</summary>
internal sealed class RunningContainer : IAsyncDisposable
{
    private readonly RootBundle _bundle;
    private readonly string[] _runtime;

    private RunningContainer(RootBundle bundle, string[] runtime)
    {
        _bundle = bundle;
        _runtime = runtime;
    }

    /// <summary>Its id.</summary>
    public string Id { get; } = MountInfoText.ContainerPrefix + Guid.NewGuid().ToString("N");

    /// <summary>What it has written so far.</summary>
    public string Output => File.ReadAllText(_bundle["output"]);

    /// <summary>What keeps a container running.</summary>
    public static string[] Idle => ["/bin/busybox", "sleep", "300"];

    /// <summary>Starts one.</summary>
    /// <param name="bundle">Its bundle, whose args are replaced.</param>
    /// <param name="arguments">What runs in it.</param>
    /// <param name="runtime">The words that run the runtime; ours unless given.</param>
    public static async Task<RunningContainer> StartAsync(RootBundle bundle, string[] arguments, string[]? runtime = null)
    {
        var container = new RunningContainer(bundle, runtime ?? [await PublishedRuntime.PathAsync, "--root", bundle["state"]]);
        bundle.Spec["process"]!["args"] = new JsonArray([.. arguments.Select(word => (JsonNode)word)]);
        await File.WriteAllTextAsync(bundle["config.json"], bundle.Spec.ToJsonString());
        // It keeps what it inherits open: a pipe of ours would never end.
        var result = await container.ShellAsync($"\"$@\" </dev/null >{bundle["output"]} 2>{bundle["errors"]} || {{ cat {bundle["errors"]} >&2; exit 1; }}", "run", "--detach", "--bundle", bundle[""]);
        if (result.ExitCode != 0)
        {
            await container.DisposeAsync();
            result.Succeeded();
        }

        return container;
    }

    /// <summary>Runs a program in it.</summary>
    public Task<ToolRunner.Result> ExecAsync(string[] options, params string[] command) => CallAsync(["exec", .. options, Id, .. command]);

    /// <summary>Runs a program in it, from a shell that can have files open.</summary>
    /// <param name="script">The shell's script, in which "$@" is the call.</param>
    /// <param name="options">Options of exec.</param>
    /// <param name="command">The program.</param>
    public Task<ToolRunner.Result> ExecFromAsync(string script, string[] options, params string[] command)
    {
        // dash has no descriptors above 9.
        ToolRunner.Require("bash");
        return ToolRunner.RunAsync("bash", ["-c", script, "bash", .. _runtime, "exec", .. options, Id, .. command]);
    }

    /// <summary>Calls the runtime.</summary>
    public Task<ToolRunner.Result> CallAsync(params string[] words) => ToolRunner.RunAsync(_runtime[0], [.. _runtime[1..], .. words]);

    /// <summary>Waits until it has written something.</summary>
    public async Task AwaitAsync(string text)
    {
        for (var attempt = 0; attempt < 500 && !Output.Contains(text, StringComparison.Ordinal); attempt++)
        {
            await Task.Delay(20);
        }

        Assert.Contains(text, Output);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CallAsync("delete", "--force", Id);

    private Task<ToolRunner.Result> ShellAsync(string script, params string[] words) => ToolRunner.RunAsync("sh", ["-c", script, "sh", .. _runtime, .. words, Id]);
}
