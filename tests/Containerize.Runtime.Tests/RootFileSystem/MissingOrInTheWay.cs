using System.Text.Json.Nodes;
using Xunit;

namespace Containerize.Runtime.Tests.RootFileSystem;

/// <summary>Numbers that the configuration lacks, and files that are where something is to be made: where the specification has an error we are as runc is.</summary>
public class MissingOrInTheWay
{
    private const string Show = "stat -c '%n %F %t:%T %a' ";

    [SkippableFact]
    public Task ADevicesNumberThatIsMissingIsZero() => CompareAsync(
        Show + "/dev/one /dev/two /dev/pipe", "/dev/one character special file 0:0 666\n/dev/two character special file 1:0 666\n/dev/pipe fifo 0:0 666\n",
        spec => spec["linux"]!["devices"] = JsonNode.Parse("""[{"path":"/dev/one","type":"c","fileMode":438},{"path":"/dev/two","type":"c","major":1,"fileMode":438},{"path":"/dev/pipe","type":"p","fileMode":438}]"""));

    [SkippableFact]
    public Task ALimitsNumberThatIsMissingIsZero() => CompareAsync(
        "ulimit -S -c; ulimit -H -c; id -u", "0\n0\n0\n",
        spec =>
        {
            spec["process"]!["rlimits"] = JsonNode.Parse("""[{"type":"RLIMIT_CORE"}]""");
            spec["process"]!["user"] = new JsonObject();
        });

    [SkippableFact]
    public async Task DevicesAreNotMadeWhereDevIsABindMount()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["linux"]!["devices"] = JsonNode.Parse("""[{"path":"/dev/containerize-test","type":"c","major":1,"minor":3},{"path":"/elsewhere","type":"c","major":1,"minor":3}]""");
        foreach (var below in (string[])["/dev/pts", "/dev/shm", "/dev/mqueue", "/dev"])
        {
            bundle.Unmount(below);
        }

        bundle.Mount("/dev", "bind", "/dev", "rbind");
        var (ours, runc) = await bundle.RunBothAsync("ls -d /dev/containerize-test /elsewhere 2>&1");
        Assert.True(runc == ours, ours + runc);
        Assert.Contains("/elsewhere: No such file", ours, StringComparison.Ordinal);
        Assert.Contains("/dev/containerize-test: No such file", ours, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task InAUserNamespaceADeviceIsMountedOverAFile()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.MapUsers();
        bundle.Unmount("/dev/pts");
        bundle.Spec["linux"]!["devices"] = JsonNode.Parse("""[{"path":"/dev/kmsg","type":"c","major":1,"minor":11}]""");
        // One that is the container's: runc opens it to write.
        var file = bundle.Write("file", "text");
        File.SetUnixFileMode(file, (UnixFileMode)0b110_110_110);
        bundle.Mount("/dev/kmsg", "bind", file, "bind");
        var (ours, runc) = await bundle.RunBothAsync("stat -c '%F %t:%T' /dev/kmsg");
        Assert.True(runc == ours, ours + runc);
        Assert.Contains("character special file 1:b", ours, StringComparison.Ordinal);
    }

    [SkippableFact]
    public Task RemountChangesTheMountThatIsThere() => CompareAsync(
        "touch /made/x; touch /bound/x; while read line; do case $line in *' /made '*) set -- $line; echo $6;; esac; done < /proc/self/mountinfo", null,
        spec =>
        {
            foreach (var mount in (string[])[
                """{"destination":"/made","type":"tmpfs","source":"tmpfs"}""",
                """{"destination":"/made","type":"tmpfs","source":"tmpfs","options":["remount","ro","nosuid"]}""",
                """{"destination":"/bound","type":"bind","source":"host","options":["bind"]}""",
                """{"destination":"/bound","type":"bind","source":"host","options":["bind","remount","ro"]}"""])
            {
                spec["mounts"]!.AsArray().Add(JsonNode.Parse(mount));
            }
        });

    // The container's user namespace may not map the files of a filesystem that is the host's.
    [SkippableFact]
    public async Task IdmapInAUserNamespaceWithoutMappingsIsItsOwnOrAnError()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.MapUsers();
        bundle.Unmount("/dev/pts");
        File.SetUnixFileMode(bundle.Host, (UnixFileMode)0b111_111_111);
        bundle.Mount("/mapped", "bind", bundle.Host, "bind", "idmap");
        var result = await bundle.RunAsync("stat -c %u /mapped");
        Assert.True(result is { ExitCode: 0, Output: "0\n" } || (result.ExitCode == 1 && result.Errors.Contains("idmapped", StringComparison.Ordinal)), result.Output + result.Errors);
    }

    private static async Task CompareAsync(string script, string? expected, Action<JsonNode> change)
    {
        using var bundle = await RootBundle.CreateAsync();
        _ = bundle.Host;
        change(bundle.Spec);
        var (ours, runc) = await bundle.RunBothAsync(script);
        Assert.Equal(runc, ours);
        if (expected is not null)
        {
            Assert.Contains(expected, ours, StringComparison.Ordinal);
        }
    }
}
