using System.Text.Json.Nodes;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.RootFileSystem;

public class HidingPaths
{
    private const string Probe = """
        for f in /proc/acpi /proc/kcore /proc/keys /proc/latency_stats /proc/timer_list /proc/sched_debug /proc/scsi /sys/firmware /masked/dir /masked/file /masked/link; do
          echo "$f: $(cat $f 2>/dev/null | dd count=1 2>/dev/null)$(ls $f 2>/dev/null | grep -v $f)"; (echo x > $f/x) 2>/dev/null && echo WRITTEN
        done
        for f in /proc/bus /proc/fs /proc/irq /proc/sys /proc/sysrq-trigger /fixed/dir /fixed/file; do
          (echo h > $f) 2>&1 | grep -c -E 'Read-only|Is a dir'; (echo x > $f/x) 2>/dev/null && echo WRITTEN
        done
        (echo x > /proc/sys/kernel/core_pattern) 2>&1 | grep -c Read-only
        cat /proc/self/mountinfo
        """;

    [SkippableFact]
    public async Task LeavesNothingToReadOrWriteAndIsAsRuncHasIt()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["root"]!["readonly"] = false;
        foreach (var path in (string[])["/masked/dir", "/masked/file", "/masked/link", "/masked/absent", "/proc/../masked/dir"])
        {
            bundle.Spec["linux"]!["maskedPaths"]!.AsArray().Add((JsonNode)path);
        }

        foreach (var path in (string[])["/fixed/dir", "/fixed/file", "/fixed/absent"])
        {
            bundle.Spec["linux"]!["readonlyPaths"]!.AsArray().Add((JsonNode)path);
        }

        var (ours, runc) = await bundle.RunBothAsync(Probe.Replace("grep", "/bin/busybox grep", StringComparison.Ordinal), () =>
        {
            foreach (var path in (string[])["masked/dir/secret", "masked/file", "masked/target", "fixed/dir/text", "fixed/file"])
            {
                bundle.Write("rootfs/" + path, "secret");
            }

            File.CreateSymbolicLink(bundle["rootfs/masked/link"], "/masked/target");
        });
        Assert.Equal(runc, ours);
        Assert.DoesNotContain("WRITTEN", ours);
        Assert.DoesNotContain("secret", ours);
    }

    [SkippableFact]
    public async Task AReadOnlyRootCannotBeWrittenTo()
    {
        using var bundle = await RootBundle.CreateAsync();
        var result = await bundle.RunAsync("touch /x; mount -o remount,rw /; touch /x; mount -o bind,remount,rw /; touch /x; touch /dev/x && echo dev");
        Assert.Equal("dev\n", result.Output);
        Assert.DoesNotContain("x", Directory.GetFiles(bundle["rootfs"]).Select(Path.GetFileName));
        Assert.Equal(3, result.Errors.Split("Read-only file system").Length - 1);
    }

    [SkippableFact]
    public async Task FlagsOfBindMountsStay()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Folder("data");
        bundle.Mount("/data", "bind", "data", "bind", "ro", "nosuid", "nodev", "noexec");
        var output = (await bundle.RunAsync("cat /proc/self/mountinfo; touch /data/x 2>&1; mount -o bind,remount,rw /data 2>&1; touch /data/x 2>&1; cp /bin/busybox /data/x 2>&1 || true")).Succeeded();
        Assert.Contains("/data ro,nosuid,nodev,noexec,relatime", output);
        Assert.Empty(Directory.GetFiles(bundle["data"]));
    }

    // What the host has forbidden for a mount, a user namespace cannot allow; what is asked for comes on top (mount_namespaces(7)).
    [SkippableTheory]
    [InlineData("ro", "/data ro,nosuid,nodev,noexec,")]
    [InlineData("nosuid", "/data rw,nosuid,nodev,noexec,")]
    [InlineData("exec", null)]
    [InlineData("suid", null)]
    public async Task LockedFlagsStayInAUserNamespace(string word, string? expected)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.MapUsers();
        bundle.Folder("data");
        (await ToolRunner.RunAsync("mount", "-t", "tmpfs", "-o", "nosuid,nodev,noexec", "tmpfs", bundle["data"])).Succeeded();
        try
        {
            bundle.Mount("/data", "bind", "data", "bind", word);
            var result = await bundle.RunAsync("cat /proc/self/mountinfo");
            Assert.Equal(expected is null, result.ExitCode != 0);
            Assert.Contains(expected ?? "mount_setattr /data: operation not permitted", expected is null ? result.Errors : result.Output);
        }
        finally
        {
            (await ToolRunner.RunAsync("umount", bundle["data"])).Succeeded();
        }
    }

    [SkippableFact]
    public async Task TheHostsSysIsReadOnlyWhereItStandsIn()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.MapUsers();
        bundle.Unmount("/sys/fs/cgroup");
        var namespaces = bundle.Spec["linux"]!["namespaces"]!.AsArray();
        namespaces.Remove(namespaces.Single(item => item!["type"]!.GetValue<string>() == "network"));
        var lines = (await bundle.RunAsync("/bin/busybox grep ' /sys' /proc/self/mountinfo")).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.StartsWith("ro,", line.Split(' ')[5]));
    }

    // CVE-2022-0492, CVE-2023-25809.
    [SkippableFact]
    public async Task CgroupsCannotBeWrittenTo()
    {
        using var bundle = await RootBundle.CreateAsync();
        var output = (await bundle.RunAsync("""
            for d in /sys/fs/cgroup/*; do
              mkdir $d/inner 2>/dev/null && echo "MADE $d"
              (echo /bin/sh > $d/release_agent) 2>/dev/null && echo "WRITTEN $d"
              (echo 0 > $d/cgroup.procs) 2>/dev/null && echo "MOVED $d"
              mount -o remount,rw $d 2>/dev/null && echo "REMOUNTED $d"
            done
            echo done
            """)).Succeeded();
        Assert.Equal("done\n", output);
    }

    [SkippableFact]
    public async Task DevicesThatAreNotAllowedCannotBeMade()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["root"]!["readonly"] = false;
        bundle.Allow("CAP_MKNOD");
        bundle.Spec["linux"]!["resources"] = JsonNode.Parse("""{"devices":[{"allow":false,"access":"rwm"}]}""");
        var result = await bundle.RunAsync("mknod /disk b 254 0; dd if=/disk of=/dev/null count=1 && echo READ; echo x > /dev/null && echo fine");
        Assert.Equal("fine\n", result.Output);
        Assert.DoesNotContain("records in", result.Errors);
    }
}
