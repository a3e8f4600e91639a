using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>The tool, who is in front, the monitor and the container's first process killed at any point of a life: prune leaves nothing of it, and volumes keep what was written. CONTAINERIZE_SLOW_TESTS=1 does it 120 times.</summary>
public sealed class KillingAtRandom(LocalMachine machine) : IClassFixture<LocalMachine>
{
    private const int Seed = 20261130;
    private static readonly int Rounds = Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") == "1" ? 120 : 10;

    private readonly HashSet<string> _ids = [];

    private string Networks => Path.Combine(machine.Root, "data", "networks");

    private string Containers => Path.Combine(machine.Root, "data", "containers");

    private string Runtime => Path.Combine(machine.Root, "run", "runtime");

    [SkippableFact]
    public async Task NothingIsLeftAndVolumesKeepTheirData()
    {
        LocalMachine.Require();
        var random = new Random(Seed);
        await machine.RunAsync("run", "--rm", "--network", "none", "-v", "safe:/safe", LocalMachine.Image, "sh", "-c", "echo kept > /safe/file");
        for (var round = 0; round < Rounds; round++)
        {
            var what = await LiveAndKillAsync(random, round);
            await machine.RunAsync("prune", "--force");
            // What does not show at once was asked to end, and does.
            await LocalMachine.UntilAsync(() => Task.FromResult(Leftovers() == ""));
            if (Leftovers() is { Length: > 0 } && (await machine.RunAsync("prune", "--force")).ExitCode == 0)
            {
                await LocalMachine.UntilAsync(() => Task.FromResult(Leftovers() == ""));
            }

            Assert.True(Leftovers() == "", $"round {round} ({what}) left\n{Leftovers()}");
        }

        var kept = await machine.RunAsync("run", "--rm", "--network", "none", "-v", "safe:/safe", LocalMachine.Image, "cat", "/safe/file");
        Assert.Equal(("kept\n", 0), (kept.Output, kept.ExitCode));
    }

    [SkippableFact]
    public async Task WhatIsBeingRemovedIsNoContainerAnyMore()
    {
        LocalMachine.Require();
        var id = (await machine.RunAsync("create", "--name", "going", "-v", "going:/going", LocalMachine.Image, "true")).Succeeded().Trim();
        // As a monitor leaves it that is killed meanwhile.
        Directory.Move(Path.Combine(Containers, id), Path.Combine(Containers, ".removing-" + id));
        Assert.DoesNotContain("going", (await machine.RunAsync("ps", "-a")).Succeeded(), StringComparison.Ordinal);
        (await machine.RunAsync("volume", "rm", "going")).Succeeded();
        (await machine.RunAsync("run", "--rm", "--name", "going", LocalMachine.Image, "true")).Succeeded();
        (await machine.RunAsync("prune", "--force")).Succeeded();
        Assert.Empty(Directory.GetFileSystemEntries(Containers));
    }

    // One life: something is begun, and after a while something of it is killed. What it was, for the message.
    private async Task<string> LiveAndKillAsync(Random random, int round)
    {
        string[] options = ["--network", random.Next(3) switch { 0 => "none", 1 => "private", _ => "together" }, "-v", "safe:/safe", "--name", $"round-{round}"];
        string[] life = [LocalMachine.Image, "sh", "-c", "sleep 0.3; echo more >> /tmp/x; sleep 1000"];
        var wait = random.Next(1200);
        var (what, words) = random.Next(6) switch
        {
            0 => ("run", (string[])["run", .. options, .. life]),
            1 => ("run --rm", ["run", "--rm", "--health-cmd", "true", "--health-interval", "50ms", .. options, .. life]),
            2 => ("run -d, restarted", ["run", "-d", "--restart", "always", .. options, LocalMachine.Image, "sleep", "0.1"]),
            3 => ("create", ["create", .. options, .. life]),
            4 => ("rm", ["rm", "-f", "-v", await DetachedAsync(options, life)]),
            _ => ("prune", ["prune", "--force"]),
        };
        await using var tool = machine.Begin(words);
        await Task.Delay(wait);
        var victims = new List<(string Who, int Pid)> { ("tool", tool.Id) };
        victims.AddRange(Status($"round-{round}"));
        var (who, pid) = victims[random.Next(victims.Count)];
        await ToolRunner.RunAsync("kill", "-9", $"{pid}");
        if (who != "tool")
        {
            await ToolRunner.RunAsync("kill", "-9", $"{tool.Id}");
        }

        // Who still runs is no leftover: it is ended as people do.
        foreach (var id in (await machine.RunAsync("ps", "-q")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await machine.RunAsync("kill", id);
        }

        return $"{what}, {who} killed after {wait} ms, seed {Seed}";
    }

    private async Task<string> DetachedAsync(string[] options, string[] life)
    {
        var made = await machine.RunAsync(["run", "-d", .. options, .. life]);
        return made.Output.Trim() is { Length: 64 } id ? id : "none";
    }

    // The processes of those who are there: the monitors, and the containers' first.
    private IEnumerable<(string Who, int Pid)> Status(string name)
    {
        foreach (var directory in Directory.Exists(Containers) ? Directory.GetDirectories(Containers) : [])
        {
            _ids.Add(Path.GetFileName(directory));
            foreach (var process in Processes().Where(p => p.Words.Contains(directory)))
            {
                yield return (process.Words.Contains("attach") ? $"front of {name}" : $"monitor of {name}", process.Pid);
                foreach (var child in Processes().Where(p => p.Parent == process.Pid))
                {
                    yield return ($"a child of the monitor of {name}", child.Pid);
                }
            }
        }
    }

    // All that prune has to have taken away, a line each.
    private string Leftovers()
    {
        var left = new List<string>();
        left.AddRange(Directory.Exists(Containers) ? Directory.GetFileSystemEntries(Containers) : []);
        left.AddRange(Directory.Exists(Runtime) ? Directory.GetDirectories(Runtime) : []);
        left.AddRange(File.ReadAllLines("/proc/self/mountinfo").Where(line => line.Contains(machine.Root, StringComparison.Ordinal)));
        left.AddRange(Processes().Where(p => p.Words.Any(w => w.Contains(machine.Root, StringComparison.Ordinal))).Select(p => string.Join(' ', p.Words)));
        left.AddRange(Directory.GetDirectories("/sys/fs/cgroup").Prepend("/sys/fs/cgroup").SelectMany(c => _ids.Select(id => Path.Combine(c, id))).Where(Directory.Exists));
        left.AddRange(Directory.Exists(Networks) ? Directory.GetFiles(Networks, "*.json", SearchOption.AllDirectories).Where(f => f != Path.Combine(Networks, "together.json")) : []);
        left.AddRange(Directory.GetDirectories(Path.Combine(machine.Root, "data", "volumes")).Where(v => Path.GetFileName(v) != "safe"));
        return string.Concat(left.Select(l => l + "\n"));
    }

    private static List<(int Pid, int Parent, string[] Words)> Processes()
    {
        var found = new List<(int, int, string[])>();
        foreach (var directory in Directory.GetDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(directory, "stat"));
                var rest = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                // The dead are somebody else's to bury.
                if (rest[0] is not ("Z" or "X"))
                {
                    found.Add((int.Parse(Path.GetFileName(directory)), int.Parse(rest[1]), File.ReadAllText(Path.Combine(directory, "cmdline")).Split('\0')));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }

        return found;
    }
}
