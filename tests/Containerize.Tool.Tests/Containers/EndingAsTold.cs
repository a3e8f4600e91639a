using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>The exit codes of all that runs a container's program or waits for one, as docker has them.</summary>
public sealed class EndingAsTold(LocalMachine machine) : IClassFixture<LocalMachine>
{
    [SkippableTheory]
    [InlineData("--network none IMAGE sh -c 'exit 42'", 42)]
    [InlineData("--network none --init IMAGE sh -c 'kill -TERM $$'", 143)]
    [InlineData("--network none --init IMAGE sh -c 'kill -9 $$'", 137)]
    [InlineData("--network none IMAGE /etc", 126)]
    [InlineData("--network none IMAGE nosuchprogram", 127)]
    [InlineData("--network none -w /etc/passwd IMAGE true", 125)]
    [InlineData("--network none -u nosuchuser IMAGE true", 125)]
    [InlineData("--nosuchoption IMAGE true", 125)]
    [InlineData("--pull never nosuchimage:1 true", 125)]
    public async Task RunEndsAsItsContainer(string words, int code)
    {
        LocalMachine.Require();
        Assert.Equal(code, (await machine.RunWithInputAsync("", "run --rm " + words.Replace("IMAGE", LocalMachine.Image, StringComparison.Ordinal))).ExitCode);
    }

    [SkippableFact]
    public async Task ExecEndsAsItsProgram()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "place", "--network", "none", LocalMachine.Image, "sleep", "1000");
        var codes = new List<int>();
        foreach (var words in (string[])["exec place false", "exec place sh -c 'kill -9 $$'", "exec place /etc", "exec place nosuchprogram", "exec -w /nowhere place pwd", "exec nosuchcontainer true"])
        {
            codes.Add((await machine.RunWithInputAsync("", words)).ExitCode);
        }

        Assert.Equal([1, 137, 126, 127, 125, 1], codes);
    }

    [SkippableTheory]
    [InlineData("run --rm --network none IMAGE nosuch", "error CTZ5025: starting a container of IMAGE: MISSING\n")]
    [InlineData("run --rm --network none --name lacking IMAGE nosuch", "error CTZ5025: starting the container 'lacking': MISSING\n")]
    [InlineData("run --rm -d --network none IMAGE nosuch", "error CTZ5025: starting the container ID: MISSING\n")]
    [InlineData("start lacks", "error CTZ5025: starting the container 'lacks': MISSING\n")]
    [InlineData("start -a lacks", "error CTZ5025: starting the container 'lacks': MISSING\n")]
    [InlineData("exec runs nosuch", "error CTZ6014: running a program in the container 'runs': MISSING\n")]
    [InlineData("exec runs /no/bash", "error CTZ6014: running a program in the container 'runs': the image has no program \"/no/bash\" (no such file or directory). Images on the embedded base have no shell: name a program that is there.\n")]
    public async Task AProgramThatIsNotThereIsTheImages(string words, string error)
    {
        LocalMachine.Require();
        if (words.Contains("lacks", StringComparison.Ordinal))
        {
            await machine.RunAsync("create", "--name", "lacks", "--network", "none", LocalMachine.Image, "nosuch");
        }
        else if (words.Contains("runs", StringComparison.Ordinal))
        {
            await machine.RunAsync("run", "-d", "--name", "runs", "--network", "none", LocalMachine.Image, "sleep", "1000");
        }

        var result = await machine.RunWithInputAsync("", words.Replace("IMAGE", LocalMachine.Image, StringComparison.Ordinal));
        const string Missing = "the image has no program \"nosuch\" (executable file not found in $PATH). Check its name, and the container's PATH.";
        Assert.Equal(
            error.Replace("IMAGE", LocalMachine.Image, StringComparison.Ordinal).Replace("MISSING", Missing, StringComparison.Ordinal),
            result.Output.Length >= 12 ? result.Errors.Replace(result.Output[..12], "ID", StringComparison.Ordinal) : result.Errors);
    }

    [SkippableFact]
    public async Task StartAndWaitSayHowItEnded()
    {
        LocalMachine.Require();
        await machine.RunAsync("create", "--name", "seven", "--network", "none", LocalMachine.Image, "sh", "-c", "echo said; exit 7");
        for (var i = 0; i < 3; i++)
        {
            var started = await machine.RunAsync("start", "-a", "seven");
            Assert.Equal(("said\n", 7), (started.Output, started.ExitCode));
        }

        // What has just ended is started by another monitor.
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("seven\n", (await machine.RunAsync("start", "seven")).Output);
            Assert.Equal("7\n", (await machine.RunAsync("wait", "seven")).Output);
        }

        await machine.RunAsync("create", "--name", "never", "--network", "none", LocalMachine.Image, "nosuchprogram");
        Assert.Equal(1, (await machine.RunAsync("start", "never")).ExitCode);
        Assert.Equal(127, (await machine.RunAsync("start", "-a", "never")).ExitCode);
        Assert.Equal(1, (await machine.RunAsync("wait", "nosuchcontainer")).ExitCode);
    }

    [SkippableFact]
    public async Task SeveralWhoStartItStartItOnce()
    {
        LocalMachine.Require();
        await machine.RunAsync("create", "--name", "once", "--network", "none", LocalMachine.Image, "sh", "-c", "echo begun; sleep 3");
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => machine.RunAsync("start", "once")));
        Assert.All(results, result => Assert.Equal("once\n", result.Output));
        await machine.RunAsync("wait", "once");
        Assert.Equal("begun\n", (await machine.RunAsync("logs", "once")).Output);
        Assert.Equal("exited\n", (await machine.RunAsync("inspect", "-f", "{{.State.Status}}", "once")).Output);
    }

    [SkippableFact]
    public async Task WhatGoesAwayIsGoneWhenRunHasEnded()
    {
        LocalMachine.Require();
        foreach (var (command, code) in (List<(string, int)>)[("true", 0), ("nosuchprogram", 127), ("true", 0), ("nosuchprogram", 127), ("true", 0)])
        {
            Assert.Equal(code, (await machine.RunAsync("run", "--rm", "--name", "same", "--network", "none", LocalMachine.Image, command)).ExitCode);
        }

        Assert.DoesNotContain("same", (await machine.RunAsync("ps", "-a", "--format", "{{.Names}}")).Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task ASignalToWhoIsInFrontIsTheContainers()
    {
        LocalMachine.Require();
        await using var run = machine.Begin("run", "--rm", "--network", "none", LocalMachine.Image, "sh", "-c", "trap 'echo caught; exit 9' TERM; echo ready; while :; do sleep 0.1; done");
        await run.UntilAsync("ready");
        await run.SignalAsync("TERM");
        Assert.Equal(9, await run.EndAsync());
        Assert.Equal("ready\ncaught\n", run.Output);
    }

    [SkippableFact]
    public async Task AClosedInputIsItsEnd()
    {
        LocalMachine.Require();
        var closed = await ToolRunner.RunAsync("sh", "-c", machine.Line($"run --rm -i --network none {LocalMachine.Image} sh -c 'cat; echo done'") + " <&-");
        Assert.Equal(("done\n", 0), (closed.Output, closed.ExitCode));
    }

    [SkippableTheory]
    [InlineData("head -c 50000000 /dev/zero", "cat", "50000000")]
    // Many small words come back for each large piece that goes in.
    [InlineData("seq 1 300000", "awk '{ print; fflush() }'", "1988895")]
    public async Task MuchGoesInAndOutAtOnce(string source, string program, string bytes)
    {
        LocalMachine.Require();
        var copied = await ToolRunner.RunAsync("sh", "-c", $"{source} | {machine.Line($"run --rm -i --network none --log-driver none {LocalMachine.Image} {program}")} | wc -c");
        Assert.Equal(bytes, copied.Output.Trim());
    }

    [SkippableFact]
    public async Task WhatDoesNotListenIsLeftToItselfAfterThreeSignals()
    {
        LocalMachine.Require();
        await using var front = machine.Begin("run", "--rm", "--name", "deaf", "--network", "none", LocalMachine.Image, "sh", "-c", "trap '' INT TERM; echo here; while true; do sleep 1; done");
        await front.UntilAsync("here");
        for (var i = 0; i < 3; i++)
        {
            await front.SignalAsync("INT");
            await Task.Delay(200);
        }

        Assert.Equal(1, await front.EndAsync());
        Assert.Contains("three signals have not ended the container", front.Output, StringComparison.Ordinal);
        Assert.Contains("PID COMMAND", string.Join(' ', (await machine.RunAsync("top", "deaf", "-eo", "pid,comm")).Succeeded().Split(' ', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("CTZ5020", (await machine.RunAsync("top", "deaf", "-eo", "comm")).Errors, StringComparison.Ordinal);
        await machine.RunAsync("rm", "-f", "deaf");
    }

    [SkippableFact]
    public async Task WhoReadsSlowlyGetsItAll()
    {
        LocalMachine.Require();
        var read = await ToolRunner.RunAsync("sh", "-c", $"{machine.Line($"run --rm --network none {LocalMachine.Image} head -c 3000000 /dev/zero")} | (sleep 8; wc -c)");
        Assert.Equal("3000000", read.Output.Trim());
    }
}
