using System.Globalization;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>Many containers at once, and containers that print very much. CONTAINERIZE_SLOW_TESTS=1 prints a gigabyte in place of a tenth of it.</summary>
public sealed class RunningMany(LocalMachine machine) : IClassFixture<LocalMachine>
{
    private const int Count = 50;
    private const int AtOnce = 8;
    private static readonly int Lines = Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") == "1" ? 10_000_000 : 1_000_000;

    [SkippableFact]
    public async Task FiftyAtOnceAreAllFoundAndAllEnded()
    {
        LocalMachine.Require();
        var before = Kept();
        var names = Enumerable.Range(0, Count).Select(i => $"many-{i:00}").ToList();
        var codes = new int[Count];
        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
            codes[i] = (await machine.RunAsync("run", "-d", "--name", names[i], "--network", i % 2 == 0 ? "none" : "crowd", LocalMachine.Image, "sleep", "1000")).ExitCode);
        Assert.All(codes, code => Assert.Equal(0, code));
        Assert.Equal(names, (await machine.RunAsync("ps", "--filter", "status=running", "--format", "{{.Names}}")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());

        // Each of the network has an address of its own, and knows all others.
        var addresses = (await machine.RunAsync(["inspect", "-f", "{{.NetworkSettings.IPAddress}}", .. names.Where((_, i) => i % 2 == 1)])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Count / 2, addresses.Distinct().Count());
        var hosts = (await machine.RunAsync("exec", names[1], "cat", "/etc/hosts")).Output;
        Assert.All(names.Where((_, i) => i % 2 == 1 && i > 1), name => Assert.Contains(name, hosts, StringComparison.Ordinal));

        await Parallel.ForEachAsync(names.Chunk(AtOnce), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (some, _) => (await machine.RunAsync(["stop", "-t", "0", .. some])).Succeeded());
        Assert.Equal("", (await machine.RunAsync("ps", "-q")).Output);
        (await machine.RunAsync(["rm", .. names])).Succeeded();
        Assert.Equal(before, Kept());
    }

    [SkippableFact]
    public async Task WhoPrintsVeryMuchStaysWithinBoundsAndInOrder()
    {
        LocalMachine.Require();
        await machine.RunAsync(
            "create", "--name", "loud", "--network", "none", "--log-opt", "max-size=10m", "--log-opt", "max-file=3", LocalMachine.Image,
            "sh", "-c", $"awk 'BEGIN {{ for (i = 1; i <= {Lines}; i++) print i, \"{new string('.', 90)}\" }}'; echo end");
        await machine.RunAsync("start", "loud");
        await using var following = machine.Begin("logs", "-f", "loud");
        Assert.Equal("0\n", (await machine.RunAsync("wait", "loud")).Output);
        var folder = Path.GetDirectoryName((await machine.RunAsync("inspect", "-f", "{{.LogPath}}", "loud")).Output.Trim())!;
        var files = Directory.GetFiles(folder, "log*");
        Assert.Equal(3, files.Length);
        Assert.All(files, file => Assert.InRange(new FileInfo(file).Length, 1, 10 << 20));
        var numbers = Numbers((await machine.RunAsync("logs", "loud")).Output);
        Assert.Equal(Enumerable.Range(numbers[0], Lines + 1 - numbers[0]), numbers);

        // Who cannot keep up loses what is gone, and sees the rest once and in order, to the end.
        Assert.Equal(0, await following.EndAsync());
        Assert.EndsWith("end\n", following.Output, StringComparison.Ordinal);
        var followed = Numbers(following.Output);
        Assert.Equal(followed.Order().Distinct(), followed);
        Assert.Equal(Lines, followed[^1]);
    }

    [SkippableFact]
    public async Task FollowingGoesThroughRotationsAndLosesNothing()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "steady", "--network", "none", "--log-opt", "max-size=20k", "--log-opt", "max-file=5", LocalMachine.Image,
            "sh", "-c", "echo 0; until [ -e /tmp/followed ]; do sleep 0.1; done; i=0; while [ $i -lt 60 ]; do seq $((i * 100 + 1)) $((i * 100 + 100)); i=$((i + 1)); sleep 0.03; done");
        await using var following = machine.Begin("logs", "-f", "steady");
        await following.UntilAsync("0\n");
        await machine.RunAsync("exec", "steady", "touch", "/tmp/followed");
        Assert.Equal(0, await following.EndAsync());
        Assert.Equal(Enumerable.Range(0, 6001), Numbers(following.Output));
    }

    [SkippableFact]
    public async Task TheLogIsShownFromATimeToATimeAndFromItsEnd()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "timed", "--network", "none", LocalMachine.Image, "sh", "-c", "for i in 1 2 3; do echo line $i; sleep 0.4; done");
        await machine.RunAsync("wait", "timed");
        var lines = (await machine.RunAsync("logs", "-t", "timed")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["line 1", "line 2", "line 3"], lines.Select(l => l[(l.IndexOf(' ') + 1)..]));
        var second = lines[1].Split(' ')[0];
        Assert.Equal("line 2\nline 3\n", (await machine.RunAsync("logs", "--since", second, "timed")).Output);
        Assert.Equal("line 1\nline 2\n", (await machine.RunAsync("logs", "--until", second, "timed")).Output);
        Assert.Equal("line 2\n", (await machine.RunAsync("logs", "--since", second, "--until", second, "timed")).Output);
        Assert.Equal("line 3\n", (await machine.RunAsync("logs", "--tail", "1", "timed")).Output);
        Assert.Equal("", (await machine.RunAsync("logs", "--tail", "0", "-f", "timed")).Output);
        Assert.Equal("line 1\nline 2\nline 3\n", (await machine.RunAsync("logs", "--since", "1h", "timed")).Output);
    }

    // What there is of containers, running or not.
    private string[] Kept() =>
        [.. ((string[])["data/containers", "run/runtime"]).Select(d => Path.Combine(machine.Root, d)).Where(Directory.Exists).SelectMany(d => Directory.GetFileSystemEntries(d)).Order()];

    private static int[] Numbers(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l != "end").Select(l => int.Parse(l.Split(' ')[0], CultureInfo.InvariantCulture))];
}
