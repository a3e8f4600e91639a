using System.Text.Json.Nodes;
using Xunit;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>`events`: what a container uses, and what became of it for want of memory.</summary>
public class WatchingAContainer
{
    private const int MemoryLimit = 64 * 1024 * 1024;

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StatsSayWhatItUses(bool isRunc)
    {
        using var bundle = await LifeBundle.CreateAsync(isRunc ? "runc" : null);
        Limit(bundle);
        var id = await bundle.StartContainerAsync();
        var happened = JsonNode.Parse(Assert.Single(Lines((await bundle.CallAsync("events", "--stats", id)).Succeeded())))!;
        Assert.Equal(("stats", id), (happened["type"]!.GetValue<string>(), happened["id"]!.GetValue<string>()));
        Assert.Equal((MemoryLimit, 50L, 1L), (Number("memory/usage/limit"), Number("pids/limit"), Number("pids/current")));
        Assert.InRange(Number("memory/usage/usage"), 1, MemoryLimit);
        Assert.InRange(Number("cpu/usage/total"), 1, 60_000_000_000);
        Assert.InRange(Number("memory/raw/pgfault"), 1, long.MaxValue);

        long Number(string path) => path.Split('/').Aggregate(happened["data"]!, (node, name) => node[name]!).GetValue<long>();
    }

    [SkippableFact]
    public async Task EventsGoOnUntilItStops()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = await bundle.StartContainerAsync();
        var result = await bundle.CallInShellAsync(
            $"\"$@\" events --interval 50ms {id} & events=$!; sleep 1; \"$@\" kill {id} KILL; wait $events", bundle.Runtime, "--root", bundle.Root);
        Assert.InRange(Lines(result.Succeeded()).Length, 3, 30);
        Assert.Equal(1, (await bundle.CallAsync("events", id)).ExitCode);
    }

    [SkippableFact]
    public async Task WhatTheKernelEndsForWantOfMemoryIsTold()
    {
        using var bundle = await LifeBundle.CreateAsync();
        Limit(bundle);
        var id = await bundle.StartContainerAsync();
        var result = await bundle.CallInShellAsync(
            $"\"$@\" events --interval 10s {id} > events & events=$!; sleep 0.5; \"$@\" exec {id} /bin/dd if=/dev/zero of=/dev/null bs=100M count=1; n=0; until grep -q oom events || [ $n -gt 100 ]; do sleep 0.1; n=$((n + 1)); done; \"$@\" kill {id} KILL; wait $events",
            bundle.Runtime, "--root", bundle.Root);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["stats", $$"""{"type":"oom","id":"{{id}}"}"""], (await File.ReadAllLinesAsync(bundle["events"])).Select(line => line.Contains("\"stats\"", StringComparison.Ordinal) ? "stats" : line));
    }

    [SkippableTheory]
    [InlineData("5", "is not a duration")]
    [InlineData("fast", "is not a duration")]
    [InlineData("", "is not above zero")]
    [InlineData("0s", "is not above zero")]
    public async Task AnIntervalIsADuration(string interval, string says)
    {
        using var bundle = await LifeBundle.CreateAsync();
        var result = await bundle.CallAsync("events", "--interval=" + interval, "none");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(says, result.Errors, StringComparison.Ordinal);
    }

    private static void Limit(LifeBundle bundle)
    {
        bundle.Set("/linux/resources/memory", $$"""{"limit":{{MemoryLimit}},"swap":{{MemoryLimit}}}""");
        bundle.Set("/linux/resources/pids", """{"limit":50}""");
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
