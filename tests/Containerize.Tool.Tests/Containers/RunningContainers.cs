using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>Containers by docker's words, in the foreground and left to themselves.</summary>
public abstract class RunningContainers(LocalMachine machine)
{
    [SkippableTheory]
    [InlineData("true", 0)]
    [InlineData("false", 1)]
    [InlineData("sh -c 'exit 42'", 42)]
    [InlineData("nosuchprogram", 127)]
    [InlineData("/etc/passwd", 126)]
    public async Task TheExitCodeIsTheContainers(string command, int code)
    {
        LocalMachine.Require();
        var result = await ToolRunnerOf($"run --rm --network none {LocalMachine.Image} {command}");
        Assert.Equal(code, result.ExitCode);
    }

    [SkippableFact]
    public async Task WhoIsKilledSaysSo()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "killed", "--network", "none", LocalMachine.Image, "sleep", "1000");
        await machine.RunAsync("kill", "killed");
        Assert.Equal("137\n", (await machine.RunAsync("wait", "killed")).Output);
    }

    [SkippableFact]
    public async Task AWrongOptionIsOurs()
    {
        LocalMachine.Require();
        var result = await machine.RunAsync("run", "--memory", "much", LocalMachine.Image);
        Assert.Equal(125, result.ExitCode);
        Assert.Contains("CTZ5020", result.Errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task WhatIsPrintedComesFromBothStreams()
    {
        LocalMachine.Require();
        var result = await machine.RunAsync("run", "--rm", "--network", "none", LocalMachine.Image, "sh", "-c", "echo out; echo err >&2");
        Assert.Equal(("out\n", "err\n"), (result.Output, result.Errors));
    }

    [SkippableFact]
    public async Task InputGoesThroughToItsEnd()
    {
        LocalMachine.Require();
        var result = await machine.RunWithInputAsync("one two", $"run --rm -i --network none {LocalMachine.Image} cat");
        Assert.Equal("one two", result.Output);
    }

    [SkippableFact]
    public async Task WhatTheOptionsSayIsSo()
    {
        LocalMachine.Require();
        var result = await machine.RunAsync(
            "run", "--rm", "--network", "none", "-e", "OWN=1", "-w", "/not/there", "-u", "app", "--hostname", "named", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL",
            LocalMachine.Image, "sh", "-c", "id; pwd; hostname; echo $OWN $FROM_IMAGE; touch /x 2> /dev/null || echo read-only; touch /tmp/y && echo tmp; grep CapBnd /proc/self/status");
        var who = machine.HasUsers ? "uid=1654(app) gid=1654(app) groups=1700(more)" : "uid=0(root) gid=0(root)";
        Assert.Equal(who + "\n/not/there\nnamed\n1 yes\nread-only\ntmp\nCapBnd:\t0000000000000000\n", result.Output);
    }

    [SkippableFact]
    public async Task ATerminalHasTheSizeOfOurs()
    {
        LocalMachine.Require();
        ToolRunner.Require("script");
        var result = await machine.RunInTerminalAsync($"run --rm -it --network none {LocalMachine.Image} sh -c 'stty size; tty'");
        Assert.Equal("33 99\n/dev/pts/0\n", result.Output);
    }

    [SkippableFact]
    public async Task ALifeFromTheStartToTheEnd()
    {
        LocalMachine.Require();
        Assert.Equal(0, (await machine.RunAsync("run", "-d", "--name", "life", "--network", "none", "-l", "a=b", LocalMachine.Image, "sh", "-c", "echo begun; trap 'exit 3' TERM; while :; do sleep 0.1; done")).ExitCode);
        await LocalMachine.UntilAsync(async () => (await machine.RunAsync("logs", "life")).Output.Length > 0);
        Assert.Equal("begun\n", (await machine.RunAsync("logs", "life")).Output);
        Assert.Equal("running b\n", (await machine.RunAsync("inspect", "-f", "{{.State.Status}} {{index .Config.Labels a}}", "life")).Output);
        var exec = await machine.RunAsync("exec", "-e", "X=y", "life", "sh", "-c", "echo $X; exit 5");
        Assert.Equal(("y\n", 5), (exec.Output, exec.ExitCode));
        Assert.Equal(127, (await machine.RunAsync("exec", "life", "nosuchprogram")).ExitCode);
        await machine.RunAsync("pause", "life");
        Assert.Equal("paused\n", (await machine.RunAsync("ps", "--format", "{{.State}}", "--filter", "name=life")).Output);
        await machine.RunAsync("unpause", "life");
        Assert.Equal(0, (await machine.RunAsync("stop", "-t", "20", "life")).ExitCode);
        Assert.Equal("exited 3\n", (await machine.RunAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "life")).Output);
        Assert.Equal(1, (await machine.RunAsync("exec", "life", "true")).ExitCode);
        await machine.RunAsync("start", "life");
        await machine.RunAsync("rename", "life", "second");
        Assert.Contains("CTZ5027", (await machine.RunAsync("rm", "second")).Errors, StringComparison.Ordinal);
        Assert.Equal("second\n", (await machine.RunAsync("rm", "-f", "second")).Output);
        Assert.DoesNotContain("second\n", (await machine.RunAsync("ps", "-a", "--format", "{{.Names}}")).Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task WhatIsPausedStandsStill()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "still", "--network", "none", LocalMachine.Image, "sh", "-c", "while :; do echo x; sleep 0.02; done");
        await LocalMachine.UntilAsync(async () => (await machine.RunAsync("logs", "still")).Output.Length > 0);
        Assert.Equal("still\n", (await machine.RunAsync("pause", "still")).Succeeded());
        var before = (await machine.RunAsync("logs", "still")).Output;
        var stats = (await machine.RunAsync("stats", "--no-stream", "--format", "{{.PIDs}}", "still")).Succeeded();
        Assert.Equal(before, (await machine.RunAsync("logs", "still")).Output);
        Assert.InRange(int.Parse(stats, System.Globalization.CultureInfo.InvariantCulture), 1, 3);
        Assert.Equal(1, (await machine.RunAsync("pause", "still")).ExitCode);
        (await machine.RunAsync("unpause", "still")).Succeeded();
        await LocalMachine.UntilAsync(async () => (await machine.RunAsync("logs", "still")).Output.Length > before.Length);
        Assert.NotEqual(before, (await machine.RunAsync("logs", "still")).Output);
        (await machine.RunAsync("pause", "still")).Succeeded();
        (await machine.RunAsync("rm", "-f", "still")).Succeeded();
    }

    [SkippableFact]
    public async Task ADeviceOfTheHostHasTheNameThatIsAskedFor()
    {
        LocalMachine.Require();
        var result = await machine.RunAsync("run", "--rm", "--network", "none", "--device", "/dev/zero:/dev/named:r", LocalMachine.Image, "sh", "-c", "head -c 3 /dev/named | wc -c; stat -c %F /dev/named");
        Assert.Equal("3\ncharacter special file\n", result.Succeeded());
    }

    [SkippableFact]
    public async Task LimitsAreKeptOrItIsSaidThatTheyAreNot()
    {
        LocalMachine.Require();
        var result = await machine.RunAsync("run", "--rm", "--network", "none", "--memory", "64m", "--pids-limit", "20", "--cpus", "0.5", "--ulimit", "nofile=512:512", "--shm-size", "2m", LocalMachine.Image,
            "sh", "-c", "ulimit -n; df -k /dev/shm | grep -c 2048; cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2> /dev/null");
        var warned = result.Errors.Contains("no cgroup is this user's", StringComparison.Ordinal);
        Assert.Equal("512\n1\n" + (warned ? "" : "20\n"), result.Output);
        Assert.Equal(!OwnsCgroups, warned);
    }

    [SkippableFact]
    public async Task APolicyStartsItAgainSoOften()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "again", "--network", "none", "--restart", "on-failure:2", LocalMachine.Image, "sh", "-c", "echo try; exit 1");
        await LocalMachine.UntilAsync(async () => (await machine.RunAsync("inspect", "-f", "{{.State.Status}}", "again")).Output == "exited\n");
        Assert.Equal("exited 1 2\n", (await machine.RunAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}} {{.RestartCount}}", "again")).Output);
        Assert.Equal("try\ntry\ntry\n", (await machine.RunAsync("logs", "again")).Output);
    }

    [SkippableFact]
    public async Task HealthIsWhatTheCheckSays()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "well", "--network", "none", "--health-cmd", "cat /tmp/well", "--health-interval", "200ms", "--health-retries", "2", LocalMachine.Image, "sleep", "60");
        await LocalMachine.UntilAsync(async () => (await machine.RunAsync("inspect", "-f", "{{.State.Health.Status}}", "well")).Output == "unhealthy\n");
        Assert.Equal("unhealthy\n", (await machine.RunAsync("inspect", "-f", "{{.State.Health.Status}}", "well")).Output);
        await machine.RunAsync("exec", "well", "touch", "/tmp/well");
        await LocalMachine.UntilAsync(async () => (await machine.RunAsync("inspect", "-f", "{{.State.Health.Status}}", "well")).Output == "healthy\n");
        Assert.Contains("(healthy)", (await machine.RunAsync("ps")).Output, StringComparison.Ordinal);
        await machine.RunAsync("rm", "-f", "well");
    }

    [SkippableFact]
    public async Task VolumesKeepWhatIsWrittenAndBeginWithTheImagesFiles()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "--rm", "--network", "none", "-v", "data:/kept", LocalMachine.Image, "sh", "-c", "echo more > /kept/own");
        var result = await machine.RunAsync("run", "--rm", "--network", "none", "-v", "data:/kept:ro", LocalMachine.Image, "sh", "-c", "ls /kept; touch /kept/x 2> /dev/null || echo read-only");
        Assert.Equal("of-the-image\nown\nread-only\n", result.Output);
        Assert.Contains("data", (await machine.RunAsync("volume", "ls", "-q")).Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task ALogStaysWithinItsBounds()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "loud", "--network", "none", "--log-opt", "max-size=100k", "--log-opt", "max-file=3", LocalMachine.Image, "sh", "-c", "seq 1 50000; echo end");
        await LocalMachine.UntilAsync(async () => (await machine.RunAsync("inspect", "-f", "{{.State.Status}}", "loud")).Output == "exited\n");
        var folder = Path.GetDirectoryName((await machine.RunAsync("inspect", "-f", "{{.LogPath}}", "loud")).Output.Trim())!;
        var files = Directory.GetFiles(folder, "log*");
        Assert.Equal(3, files.Length);
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 1, 100 * 1024));
        var lines = (await machine.RunAsync("logs", "loud")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("end", lines[^1]);
        var first = int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(Enumerable.Range(first, 50001 - first).Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture)), lines[..^1]);
    }

    [SkippableFact]
    public async Task AMonitorThatIsKilledTakesItsContainerAlongAndPruneLeavesNothing()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "orphan", "--network", "none", LocalMachine.Image, "sleep", "1000");
        var pids = (await machine.RunAsync("inspect", "-f", "{{.State.MonitorPid}} {{.State.Pid}}", "orphan")).Output.Split(' ', StringSplitOptions.TrimEntries);
        await ToolRunner.RunAsync("kill", "-9", pids[0]);
        await LocalMachine.UntilAsync(() => Task.FromResult(!Directory.Exists($"/proc/{pids[1]}")));
        Assert.False(Directory.Exists($"/proc/{pids[1]}"));
        Assert.Equal("exited 255\n", (await machine.RunAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "orphan")).Output);
        await machine.RunAsync("prune", "--force");
        Assert.Empty(Directory.GetDirectories(Path.Combine(machine.Root, "data", "containers")));
        Assert.Empty(Directory.GetDirectories(Path.Combine(machine.Root, "run", "runtime")));
        Assert.DoesNotContain(machine.Root, await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
    }

    // A test's plain user has none.
    private bool OwnsCgroups => machine is not PlainMachine;

    private Task<ToolRunner.Result> ToolRunnerOf(string words) => machine.RunWithInputAsync("", words);

    /// <summary>Root's.</summary>
    public sealed class OfRoot(LocalMachine machine) : RunningContainers(machine), IClassFixture<LocalMachine>;

    /// <summary>Those of a plain user with ids of other users.</summary>
    public sealed class OfAPlainUser(PlainMachine machine) : RunningContainers(machine), IClassFixture<PlainMachine>;

    /// <summary>Those of one without.</summary>
    public sealed class OfAUserWithOneId(BareMachine machine) : RunningContainers(machine), IClassFixture<BareMachine>;
}
