using System.Text.Json.Nodes;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Runtime.Tests.Security;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.TheProcess;

/// <summary>Namespaces that are new, the host's, or another container's.</summary>
public class ChoosingNamespaces
{
    private const string Show = "for n in cgroup ipc mnt net pid time user uts; do readlink /proc/self/ns/$n; done";

    [SkippableTheory]
    [InlineData("network", "net")]
    [InlineData("ipc", "ipc")]
    [InlineData("uts", "uts")]
    [InlineData("pid", "pid")]
    [InlineData("cgroup", "cgroup")]
    [InlineData("user", "user")]
    [InlineData("time", "time")]
    public async Task AnotherContainersCanBeJoined(string type, string file)
    {
        using var first = await CreateAsync();
        Add(first, "cgroup");
        Add(first, "time");
        if (type == "user")
        {
            await MapAsync(first);
        }

        await using var container = await RunningContainer.StartAsync(first, RunningContainer.Idle);
        var pid = JsonNode.Parse((await container.CallAsync("state", container.Id)).Succeeded())!["pid"]!.GetValue<int>();
        var theirs = Parse((await container.ExecAsync([], "/bin/sh", "-c", Show)).Succeeded());

        using var second = await CreateAsync();
        Remove(second, type);
        Add(second, type, $"/proc/{pid}/ns/{file}");
        if (type == "user")
        {
            second.Unmount("/sys");
            second.Unmount("/dev/pts");
            await OwnAsync(second);
        }

        var result = await second.RunAsync(Show);
        var ours = Parse(result.Succeeded());
        Assert.Equal(theirs[file], ours[file]);
        foreach (var other in (string[])["ipc", "mnt", "net", "pid", "uts"])
        {
            Assert.True(other == file || theirs[other] != ours[other], other);
        }
    }

    [SkippableTheory]
    [InlineData("network", "net")]
    [InlineData("ipc", "ipc")]
    [InlineData("uts", "uts")]
    [InlineData("pid", "pid")]
    [InlineData("cgroup", "cgroup")]
    [InlineData("user", "user")]
    [InlineData("time", "time")]
    public async Task WhatIsNotNamedIsTheHosts(string type, string file)
    {
        using var bundle = await CreateAsync();
        Remove(bundle, type);
        var inside = Parse((await bundle.RunAsync(Show)).Succeeded());
        Assert.Equal(new FileInfo("/proc/self/ns/" + file).LinkTarget, inside[file]);
    }

    [SkippableFact]
    public async Task AllCanBeNewAtOnce()
    {
        using var bundle = await CreateAsync();
        Add(bundle, "cgroup");
        Add(bundle, "time");
        await MapAsync(bundle);
        bundle.Spec["linux"]!["timeOffsets"] = JsonNode.Parse("""{"monotonic":{"secs":86400,"nanosecs":0},"boottime":{"secs":864000,"nanosecs":5}}""");
        var output = (await bundle.RunAsync(Show + "; cat /proc/self/uid_map /proc/self/gid_map /proc/self/cgroup /proc/self/timens_offsets; id")).Succeeded();
        var inside = Parse(output);
        Assert.All(inside, pair => Assert.NotEqual(new FileInfo("/proc/self/ns/" + pair.Key).LinkTarget, pair.Value));
        Assert.Equal(8, inside.Count);
        var words = string.Join('\n', output.Split('\n')[8..].Select(line => string.Join(' ', line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))));
        Assert.StartsWith("0 1000000 65536\n0 1000000 65536\n", words);
        Assert.Contains("monotonic 86400 0\nboottime 864000 5\n", words);
        Assert.All(output.Split('\n').Where(line => line.Split(':').Length == 3 && char.IsAsciiDigit(line[0])), line => Assert.EndsWith(":/", line));
        Assert.Contains("uid=0", words);
    }

    [SkippableFact]
    public async Task SeveralRangesAreMappedAsTheyAre()
    {
        using var bundle = await CreateAsync();
        await MapAsync(bundle);
        var map = new JsonArray();
        for (var i = 0; i < 200; i++)
        {
            map.Add(JsonNode.Parse($$"""{"containerID":{{i * 2}},"hostID":{{1_000_000 + i}},"size":1}"""));
        }

        bundle.Spec["linux"]!["uidMappings"] = map;
        var lines = (await bundle.RunAsync("cat /proc/self/uid_map")).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(200, lines.Length);
        Assert.All(lines.Select((line, index) => (line, index)), item => Assert.Equal(
            $"{item.index * 2} {1_000_000 + item.index} 1", string.Join(' ', item.line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    // The kernel's limits: 340 lines, and less than a page.
    [SkippableTheory]
    [InlineData(346, 1, "it has 346 lines, and the kernel takes 340")]
    [InlineData(340, 4_000_000_000, "characters, and the kernel takes 4095")]
    public async Task AMapThatTheKernelCannotTakeIsRefused(int count, long start, string expected)
    {
        using var bundle = await CreateAsync();
        await MapAsync(bundle);
        var map = new JsonArray();
        for (var i = 0; i < count; i++)
        {
            map.Add(JsonNode.Parse($$"""{"containerID":{{(i == 0 ? 0 : start + (i * 2))}},"hostID":{{1_000_000 + i}},"size":1}"""));
        }

        bundle.Spec["linux"]!["uidMappings"] = map;
        var result = await bundle.RunAsync("echo started");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains(expected, result.Errors);
    }

    [SkippableTheory]
    [InlineData("""{"containerID":0,"hostID":1000000}""")]
    [InlineData("""{"hostID":1000000,"size":1},{"containerID":1,"hostID":5}""")]
    public async Task AMapWithoutASizeIsRefused(string map)
    {
        using var bundle = await CreateAsync();
        await MapAsync(bundle);
        bundle.Spec["linux"]!["gidMappings"] = JsonNode.Parse($"[{map}]");
        var result = await bundle.RunAsync("echo started");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("writing the container's gid_map", result.Errors);
    }

    [SkippableTheory]
    [InlineData("/proc/self/ns/nothing", "opening the network namespace")]
    [InlineData("/etc/passwd", "setns network /etc/passwd")]
    [InlineData("/proc/self/ns/uts", "setns network /proc/self/ns/uts")]
    public async Task WhatIsNoNamespaceIsRefused(string path, string expected)
    {
        using var bundle = await CreateAsync();
        Remove(bundle, "network");
        Add(bundle, "network", path);
        var result = await bundle.RunAsync("echo started");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, result.Errors);
    }

    private static async Task<RootBundle> CreateAsync()
    {
        var bundle = await RootBundle.CreateAsync();
        Assert.True(((JsonObject)bundle.Spec).Remove("hostname"));
        return bundle;
    }

    private static void Add(RootBundle bundle, string type, string? path = null)
    {
        var item = new JsonObject { ["type"] = type };
        if (path is not null)
        {
            item["path"] = path;
        }

        bundle.Spec["linux"]!["namespaces"]!.AsArray().Add(item);
    }

    private static void Remove(RootBundle bundle, string type)
    {
        var namespaces = bundle.Spec["linux"]!["namespaces"]!.AsArray();
        foreach (var item in namespaces.Where(item => item!["type"]!.GetValue<string>() == type).ToList())
        {
            namespaces.Remove(item);
        }
    }

    private static async Task MapAsync(RootBundle bundle)
    {
        Add(bundle, "user");
        const string Map = """[{"containerID":0,"hostID":1000000,"size":65536}]""";
        bundle.Spec["linux"]!["uidMappings"] = JsonNode.Parse(Map);
        bundle.Spec["linux"]!["gidMappings"] = JsonNode.Parse(Map);
        bundle.Unmount("/dev/pts");
        await OwnAsync(bundle);
    }

    private static async Task OwnAsync(RootBundle bundle) => (await ToolRunner.RunAsync("chown", "-R", "1000000:1000000", bundle["rootfs"])).Succeeded();

    private static Dictionary<string, string> Parse(string output) => output.Split('\n').Where(line => line.Contains(":[", StringComparison.Ordinal)).ToDictionary(line => line.Split(':')[0], line => line);
}
