using System.Globalization;
using Containerize.Runtime.Tests.LifeCycle;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Monitoring;

public class KeepingAContainer
{
    [SkippableFact]
    public async Task TheLogHasEachLineWithItsStreamAndTheExitCodeIsKept()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Script("echo out; echo err >&2; printf unfinished; exit 7");
        await RunToItsEndAsync(bundle);
        Assert.Equal(["stderr F err", "stdout F out", "stdout P unfinished"], WithoutTimes(bundle));
        Assert.Equal("7\n", await File.ReadAllTextAsync(bundle["exit"]));
    }

    [SkippableFact]
    public async Task ATerminalIsLoggedAsStandardOutput()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/process/terminal", "true");
        bundle.Script("test -t 0 && test -t 1 && test -t 2 && echo a terminal");
        await RunToItsEndAsync(bundle);
        Assert.Equal(["stdout F a terminal"], WithoutTimes(bundle));
        Assert.Equal("0\n", await File.ReadAllTextAsync(bundle["exit"]));
    }

    [SkippableFact]
    public async Task ALongLineIsWrittenInParts()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Script("i=0; while [ $i -lt 4000 ]; do printf 0123456789; i=$((i+1)); done; echo");
        await RunToItsEndAsync(bundle);
        var lines = WithoutTimes(bundle);
        Assert.Equal(["stdout P", "stdout P", "stdout F"], lines.Select(line => line[..8]));
        Assert.Equal(40_000, lines.Sum(line => line.Length - "stdout F ".Length));
    }

    [SkippableFact]
    public async Task AFullLogGivesWayToANewOne()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Script("i=0; while [ $i -lt 100 ]; do echo line $i; i=$((i+1)); done");
        await RunToItsEndAsync(bundle, "--log-size", "3000");
        Assert.InRange(new FileInfo(bundle["log"]).Length, 1, 3000);
        Assert.InRange(new FileInfo(bundle["log.1"]).Length, 1, 3000);
        Assert.Equal("stdout F line 99", WithoutTimes(bundle)[^1]);
    }

    [SkippableFact]
    public async Task ASignalToTheMonitorReachesTheContainer()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Script("trap 'echo caught; exit 3' TERM; echo ready; while true; do sleep 0.05; done");
        var id = LifeBundle.NewId();
        var pid = await StartAsync(bundle, id);
        await UntilAsync(() => File.ReadAllText(bundle["log"]).Contains("ready", StringComparison.Ordinal));
        (await ToolRunner.RunAsync("kill", "-TERM", ParentOf(pid).ToString(CultureInfo.InvariantCulture))).Succeeded();
        await UntilAsync(() => File.Exists(bundle["exit"]));
        Assert.Equal("3\n", await File.ReadAllTextAsync(bundle["exit"]));
        Assert.Equal("stdout F caught", WithoutTimes(bundle)[^1]);
        await DeleteAsync(bundle, id);
    }

    [SkippableFact]
    public async Task ItTakesLittleMemory()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = LifeBundle.NewId();
        var pid = await StartAsync(bundle, id);
        var resident = File.ReadLines($"/proc/{ParentOf(pid)}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        Assert.InRange(int.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture), 1, 10 * 1024);
        await DeleteAsync(bundle, id);
    }

    [SkippableFact]
    public async Task AContainerThatCannotBeMadeIsToldOfAtOnceAndLeavesNothing()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Program("/no/such/program");
        var result = await MonitorAsync(bundle, LifeBundle.NewId());
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("/no/such/program", result.Errors, StringComparison.Ordinal);
        Assert.Contains("no such file or directory", result.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(bundle.Root));
    }

    private static async Task RunToItsEndAsync(LifeBundle bundle, params string[] options)
    {
        var id = LifeBundle.NewId();
        await StartAsync(bundle, id, options);
        await UntilAsync(() => File.Exists(bundle["exit"]));
        await DeleteAsync(bundle, id);
    }

    private static async Task<int> StartAsync(LifeBundle bundle, string id, params string[] options)
    {
        var pid = int.Parse((await MonitorAsync(bundle, id, options)).Succeeded(), CultureInfo.InvariantCulture);
        (await ToolRunner.RunAsync(bundle.Runtime, "--root", bundle.Root, "start", id)).Succeeded();
        return pid;
    }

    private static Task<ToolRunner.Result> MonitorAsync(LifeBundle bundle, string id, params string[] options) => ToolRunner.RunAsync(
        bundle.Runtime,
        ["--root", bundle.Root, "monitor", "--bundle", bundle.Folder, "--log-file", bundle["log"], "--exit-file", bundle["exit"], .. options, id]);

    private static async Task DeleteAsync(LifeBundle bundle, string id) =>
        (await ToolRunner.RunAsync(bundle.Runtime, "--root", bundle.Root, "delete", "--force", id)).Succeeded();

    private static int ParentOf(int pid) =>
        int.Parse(File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith("PPid:", StringComparison.Ordinal)).Split('\t')[1], CultureInfo.InvariantCulture);

    // Sorted where it was written at once: two pipes have no order between them.
    private static string[] WithoutTimes(LifeBundle bundle)
    {
        var lines = File.ReadAllLines(bundle["log"]).Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]).ToArray();
        return lines.Any(line => line.StartsWith("stderr", StringComparison.Ordinal)) ? [.. lines.Order(StringComparer.Ordinal)] : lines;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("What was waited for did not come within 30 s.");
    }
}
