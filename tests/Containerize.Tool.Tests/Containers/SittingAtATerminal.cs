using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>A person at a terminal, and a shell in a container: keys, sizes, leaving and coming back, and the terminal as it was before at every end.</summary>
public sealed class SittingAtATerminal(LocalMachine machine) : IClassFixture<LocalMachine>
{
    private const string Shell = "run -it --network none -e PS1='in> '";

    [SkippableFact]
    public async Task KeysAndSizesGoThroughAndTheProgramGetsControlC()
    {
        await using var session = await StartAsync($"{Shell} --rm {LocalMachine.Image} sh");
        await session.UntilAsync("in>");
        await session.TypeAsync("stty size; tty", "Enter");
        await session.UntilAsync("/dev/pts/0");
        await session.ResizeAsync(100, 30);
        await session.TypeAsync("until stty size | grep '30 100'; do sleep 0.1; done; sleep 1000", "Enter");
        await session.UntilAsync("30 100");
        await session.TypeAsync("C-c");
        await session.UntilAsync("^C");
        await session.TypeAsync("echo after $?", "Enter");
        await session.UntilAsync("after 130");
        await session.TypeAsync("exit 7", "Enter");
        var screen = await session.UntilAsync("ended with 7, terminal as before");
        // After what busybox says of itself.
        Assert.Equal(
            """
            in> stty size; tty
            24 80
            /dev/pts/0
            in> until stty size | grep '30 100'; do sleep 0.1; done; sleep 1000
            30 100
            ^C
            in> echo after $?
            after 130
            in> exit 7
            ended with 7, terminal as before

            """,
            screen[screen.IndexOf("in>", StringComparison.Ordinal)..]);
    }

    [SkippableFact]
    public async Task WhoLeavesComesBackAndTheContainerHasGoneOn()
    {
        await using (var session = await StartAsync($"{Shell} --name left {LocalMachine.Image} sh"))
        {
            await session.UntilAsync("in>");
            await session.TypeAsync("kept=here", "Enter", "C-p", "C-q");
            await session.UntilAsync("ended with 0, terminal as before");
        }

        Assert.Equal("running\n", (await machine.RunAsync("inspect", "-f", "{{.State.Status}}", "left")).Output);
        await using (var session = await StartAsync("attach left"))
        {
            // The shell has nothing to say until it is spoken to.
            await LocalMachine.UntilAsync(async () =>
            {
                await session.TypeAsync("Enter");
                return (await session.ScreenAsync()).Contains("in>", StringComparison.Ordinal);
            });
            await session.TypeAsync("echo $kept", "Enter");
            await session.UntilAsync("here");
            await session.TypeAsync("exit 3", "Enter");
            Assert.Contains("ended with 3, terminal as before", await session.UntilAsync("ended with 3, terminal as before"), StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task TheKeysThatLeaveCanBeOthers()
    {
        await using var session = await StartAsync($"{Shell} --detach-keys ctrl-x,x --name others {LocalMachine.Image} sh");
        await session.UntilAsync("in>");
        // The beginning of them alone is the container's.
        await session.TypeAsync("echo one", "C-x", "y", "C-p", "C-q", "C-u", "echo two", "Enter");
        await session.UntilAsync("two");
        await session.TypeAsync("C-x", "x");
        Assert.Contains("ended with 0, terminal as before", await session.UntilAsync("ended with 0, terminal as before"), StringComparison.Ordinal);
        Assert.Equal("running\n", (await machine.RunAsync("inspect", "-f", "{{.State.Status}}", "others")).Output);
    }

    [SkippableTheory]
    [InlineData("container", 137)]
    [InlineData("monitor", 125)]
    [InlineData("front", 143)]
    public async Task WhateverIsKilledTheTerminalIsAsBefore(string victim, int code)
    {
        await using var session = await StartAsync($"{Shell} --name {victim} {LocalMachine.Image} sh");
        await session.UntilAsync("in>");
        var pids = (await machine.RunAsync("inspect", "-f", "{{.State.Pid}} {{.State.MonitorPid}} {{.LogPath}}", victim)).Output.Split(' ', StringSplitOptions.TrimEntries);
        await (victim switch
        {
            "container" => ToolRunner.RunAsync("kill", "-9", pids[0]),
            "monitor" => ToolRunner.RunAsync("kill", "-9", pids[1]),
            _ => ToolRunner.RunAsync("kill", "-TERM", $"{Front(Path.GetDirectoryName(pids[2])!)}"),
        });
        var expected = $"ended with {code}, terminal as before";
        Assert.Contains(expected, await session.UntilAsync(expected), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task ExecHasATerminalOfItsOwn()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "host", "--network", "none", LocalMachine.Image, "sleep", "1000");
        await using var session = await StartAsync("exec -it -e PS1='exec> ' host sh");
        await session.UntilAsync("exec>");
        await session.TypeAsync("echo started; sleep 1000", "Enter");
        await session.UntilAsync("started");
        await session.TypeAsync("C-c");
        await session.UntilAsync("^C");
        await session.ResizeAsync(90, 20);
        await session.TypeAsync("until stty size | grep '20 90'; do sleep 0.1; done; exit 6", "Enter");
        var screen = await session.UntilAsync("ended with 6, terminal as before");
        Assert.True(screen.EndsWith("20 90\nended with 6, terminal as before\n", StringComparison.Ordinal), screen);
    }

    [SkippableFact]
    public async Task ExecEndsWithItsContainer()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "short", "--network", "none", LocalMachine.Image, "sleep", "1000");
        await using var session = await StartAsync("exec -it -e PS1='exec> ' short sh");
        await session.UntilAsync("exec>");
        await machine.RunAsync("kill", "short");
        Assert.Contains("ended with 137, terminal as before", await session.UntilAsync("ended with 137, terminal as before"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task WithoutATerminalOfItsOwnControlCIsASignal()
    {
        await using var session = await StartAsync($"run --rm --network none {LocalMachine.Image} sh -c \"trap 'echo caught; exit 9' INT; echo ready; while :; do sleep 0.1; done\"");
        await session.UntilAsync("ready");
        await session.TypeAsync("C-c");
        Assert.Contains("caught\nended with 9, terminal as before\n", await session.UntilAsync("ended with 9, terminal as before"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task SignalsThatAreNotPassedOnEndOnlyWhoIsInFront()
    {
        await using var session = await StartAsync($"run --sig-proxy=false --name alone --network none {LocalMachine.Image} sh -c \"trap 'echo caught' INT; echo ready; while :; do sleep 0.1; done\"");
        await session.UntilAsync("ready");
        await session.TypeAsync("C-c");
        Assert.Contains("ended with 130, terminal as before\n", await session.UntilAsync("ended with 130, terminal as before"), StringComparison.Ordinal);
        Assert.Equal("running\n", (await machine.RunAsync("inspect", "-f", "{{.State.Status}}", "alone")).Output);
    }

    // The process in front of a container: who has its directory in its command line, and is not the monitor.
    private static int Front(string directory) => Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(int.Parse!)
        .Single(pid => CommandLine(pid) is var words && words.Contains("attach") && words.Contains(directory));

    private static string[] CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return [];
        }
    }

    private Task<TerminalSession> StartAsync(string words)
    {
        LocalMachine.Require();
        ToolRunner.Require("tmux");
        return TerminalSession.StartAsync(machine.Line(words));
    }
}
