using System.Text.Json.Nodes;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>What is started again by its policy or by hand, and what a machine that was started again finds.</summary>
public sealed class StartingAgain(LocalMachine machine) : IClassFixture<LocalMachine>
{
    [SkippableTheory]
    [InlineData("no", 0)]
    [InlineData("on-failure", 1)]
    [InlineData("always", 1)]
    [InlineData("unless-stopped", 1)]
    public async Task ThePolicyDecides(string policy, int least)
    {
        LocalMachine.Require();
        var name = "policy-" + policy;
        await machine.RunAsync("run", "-d", "--name", name, "--network", "none", "--restart", policy, LocalMachine.Image, "sh", "-c", "echo try; exit 1");
        await LocalMachine.UntilAsync(async () => await StateAsync(name) == "exited" || await RestartsAsync(name) > 0);
        Assert.InRange(await RestartsAsync(name), least, least == 0 ? 0 : int.MaxValue);

        // Whoever stops it does not want it back.
        await machine.RunAsync("stop", name);
        Assert.Equal("exited", await StateAsync(name));
        var restarts = await RestartsAsync(name);
        Assert.Equal(restarts + 1, (await machine.RunAsync("logs", name)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [SkippableFact]
    public async Task WhoIsKilledFromWithinComesBackAndWhoIsKilledByUsDoesNot()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "back", "--network", "none", "--restart", "always", LocalMachine.Image, "sleep", "1000");
        var first = await PidAsync("back");
        await ToolRunner.RunAsync("kill", "-9", first);
        await LocalMachine.UntilAsync(async () => await StateAsync("back") == "running" && await PidAsync("back") != first);
        Assert.Equal(("running", 1), (await StateAsync("back"), await RestartsAsync("back")));
        await machine.RunAsync("kill", "back");
        await machine.RunAsync("wait", "back");
        Assert.Equal("exited", await StateAsync("back"));
    }

    [SkippableFact]
    public async Task WhoWaitsToBeStartedAgainIsListedAndCanBeKilled()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "waits", "--network", "none", "--restart", "always", LocalMachine.Image, "false");
        // The pauses between the attempts become longer, up to a minute.
        await LocalMachine.UntilAsync(async () => await RestartsAsync("waits") > 4 && await StateAsync("waits") == "restarting");
        Assert.Contains("waits\n", (await machine.RunAsync("ps", "--format", "{{.Names}}")).Output, StringComparison.Ordinal);
        Assert.Equal("waits\n", (await machine.RunAsync("kill", "waits")).Output);
        await LocalMachine.UntilAsync(async () => await StateAsync("waits") == "exited");
        Assert.Equal("exited", await StateAsync("waits"));
    }

    [SkippableFact]
    public async Task RestartIsAnotherLifeOfTheSame()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "twice", "--network", "none", LocalMachine.Image, "sh", "-c", "echo $((++n)) begun; touch /mark; ls / | grep -c mark; sleep 1000");
        await LocalMachine.UntilAsync(async () => (await machine.RunAsync("logs", "twice")).Output.Length > 8);
        var first = await PidAsync("twice");
        Assert.Equal("twice\n", (await machine.RunAsync("restart", "-t", "0", "twice")).Output);
        Assert.NotEqual(first, await PidAsync("twice"));
        Assert.Equal(("running", 0), (await StateAsync("twice"), await RestartsAsync("twice")));
    }

    [SkippableFact]
    public async Task AfterTheMachineWasStartedAgainNothingIsSaidToRun()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "before", "--network", "none", "-p", "80", "--restart", "always", LocalMachine.Image, "sleep", "1000");
        var folder = Path.GetDirectoryName((await machine.RunAsync("inspect", "-f", "{{.LogPath}}", "before")).Output.Trim())!;
        await ToolRunner.RunAsync("kill", "-9", (await machine.RunAsync("inspect", "-f", "{{.State.MonitorPid}}", "before")).Output.Trim());
        await LocalMachine.UntilAsync(async () => await StateAsync("before") == "exited");

        // The state of another boot, whose numbers are those of processes that live: our own.
        var path = Path.Combine(folder, "state.json");
        var state = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        foreach (var (name, value) in state.AsObject().ToList())
        {
            state[name] = name.ToLowerInvariant() switch
            {
                "pid" or "monitorpid" => Environment.ProcessId,
                "boot" => "00000000-0000-0000-0000-000000000000",
                "status" => "running",
                _ => value?.DeepClone(),
            };
        }

        await File.WriteAllTextAsync(path, state.ToJsonString());
        Assert.Equal("exited\n", (await machine.RunAsync("ps", "-a", "--filter", "name=before", "--format", "{{.State}}")).Output);
        Assert.StartsWith("Exited (255)", (await machine.RunAsync("ps", "-a", "--filter", "name=before", "--format", "{{.Status}}")).Output, StringComparison.Ordinal);
        Assert.Equal("exited 255 0\n", (await machine.RunAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}} {{.State.Pid}}", "before")).Output);
        Assert.Equal("255\n", (await machine.RunAsync("wait", "before")).Output);
        foreach (var words in (string[][])[["exec", "before", "true"], ["top", "before"], ["kill", "before"], ["pause", "before"]])
        {
            var refused = await machine.RunAsync(words);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("CTZ5023", refused.Errors, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await machine.RunAsync("stop", "before")).ExitCode);
        Assert.Equal("before\n", (await machine.RunAsync("start", "before")).Output);
        Assert.Equal("running", await StateAsync("before"));
        Assert.Equal(0, (await machine.RunAsync("rm", "-f", "before")).ExitCode);
    }

    private async Task<string> StateAsync(string name) => (await machine.RunAsync("inspect", "-f", "{{.State.Status}}", name)).Output.Trim();

    private async Task<string> PidAsync(string name) => (await machine.RunAsync("inspect", "-f", "{{.State.Pid}}", name)).Output.Trim();

    private async Task<int> RestartsAsync(string name) =>
        int.Parse((await machine.RunAsync("inspect", "-f", "{{.RestartCount}}", name)).Output, System.Globalization.CultureInfo.InvariantCulture);
}
