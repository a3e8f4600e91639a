using System.Globalization;
using System.Text.RegularExpressions;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>A monitor makes its container before anybody asks for its start.</summary>
public sealed class MadeAhead(LocalMachine machine) : IClassFixture<LocalMachine>
{
    private string Runtime => Path.Combine(machine.Root, "run", "runtime");

    [SkippableFact]
    public async Task ItIsNotThereForThoseWhoLook()
    {
        var (id, monitor) = await MakeAheadAsync("seen");
        Assert.Matches("Created.*seen", (await machine.RunAsync("ps", "-a")).Output);
        Assert.Equal("created 0", (await machine.RunAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "seen")).Output.Trim());
        (await machine.RunAsync("start", "seen")).Succeeded();
        Assert.Equal(monitor, await MonitorAsync(id));
        (await machine.RunAsync("rm", "-f", "seen")).Succeeded();
    }

    [SkippableFact]
    public async Task WhoStopsItUnmakesIt()
    {
        var (id, monitor) = await MakeAheadAsync("stopped");
        (await machine.RunAsync("stop", "stopped")).Succeeded();
        await LocalMachine.UntilAsync(() => Task.FromResult(!IsAlive(monitor)));
        Assert.False(Directory.Exists(Path.Combine(Runtime, id)));
        Assert.Equal("created", (await machine.RunAsync("inspect", "-f", "{{.State.Status}}", "stopped")).Output.Trim());
        (await machine.RunAsync("start", "stopped")).Succeeded();
        (await machine.RunAsync("rm", "-f", "stopped")).Succeeded();
    }

    [SkippableFact]
    public async Task NobodyComesAndItIsUnmade()
    {
        var (id, monitor) = await MakeAheadAsync("alone");
        await LocalMachine.UntilAsync(() => Task.FromResult(!IsAlive(monitor)));
        await LocalMachine.UntilAsync(() => Task.FromResult(!IsAlive(monitor)));
        Assert.False(IsAlive(monitor));
        Assert.False(Directory.Exists(Path.Combine(Runtime, id)));
        (await machine.RunAsync("rm", "alone")).Succeeded();
    }

    [SkippableFact]
    public async Task ItEndsWithItsMonitor()
    {
        var (id, monitor) = await MakeAheadAsync("killed");
        var init = int.Parse(Regex.Match(File.ReadAllText(Path.Combine(Runtime, id, "state.json")), "\"initProcessPid\":([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(IsAlive(init));
        (await ToolRunner.RunAsync("kill", "-9", $"{monitor}")).Succeeded();
        await LocalMachine.UntilAsync(() => Task.FromResult(!IsAlive(init)));
        Assert.False(IsAlive(init));
        (await machine.RunAsync("start", "killed")).Succeeded();
        (await machine.RunAsync("rm", "-f", "killed")).Succeeded();
    }

    [SkippableFact]
    public async Task WhatWentWrongThenIsTriedAgain()
    {
        LocalMachine.Require();
        var folder = Path.Combine(machine.Root, "bound");
        Directory.CreateDirectory(folder);
        var id = (await machine.RunAsync("create", "--name", "again", "--network", "none", "-v", $"{folder}:/bound", LocalMachine.Image, "sleep", "100")).Succeeded().Trim();
        Directory.Delete(folder);
        await StartMonitorAsync(id);
        Assert.Equal("created", (await machine.RunAsync("inspect", "-f", "{{.State.Status}}", "again")).Output.Trim());
        Directory.CreateDirectory(folder);
        (await machine.RunAsync("start", "again")).Succeeded();
        (await machine.RunAsync("rm", "-f", "again")).Succeeded();
    }

    // The container's id, and its monitor's process.
    private async Task<(string Id, int Monitor)> MakeAheadAsync(string name)
    {
        LocalMachine.Require();
        var id = (await machine.RunAsync("create", "--name", name, "--network", "none", LocalMachine.Image, "sleep", "100")).Succeeded().Trim();
        await StartMonitorAsync(id);
        // Before it is complete there is a child that looks as the monitor does, until it executes.
        await LocalMachine.UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(Runtime, id, "state.json")) && Regex.IsMatch(File.ReadAllText(Path.Combine(Runtime, id, "state.json")), "\"initProcessPid\":[1-9]")));
        return (id, await MonitorAsync(id));
    }

    // As the tool does it, which goes away then.
    private async Task StartMonitorAsync(string id)
    {
        var directory = Path.Combine(machine.Root, "data", "containers", id);
        var said = await ToolRunner.RunAsync("sh", "-c", $"'{LocalMachine.Runtime()}' --root '{Runtime}' monitor --directory '{directory}' --ready-descriptor 3 3>&1 1>/dev/null | cat");
        Assert.Equal("0", said.Succeeded());
    }

    private static async Task<int> MonitorAsync(string id) =>
        int.Parse((await ToolRunner.RunAsync("pgrep", "-f", $"monitor --ready-descriptor 1 --directory .*{id}")).Succeeded(), CultureInfo.InvariantCulture);

    private static bool IsAlive(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].StartsWith(" Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
