using System.Text.Json.Nodes;
using Xunit;

namespace Containerize.Runtime.Tests.RootFileSystem;

/// <summary>The same bundle run by runc and by us: the same mounts in the same order, the same devices, the same directories.</summary>
public class MountingLikeRunc
{
    private const string Look = """
        cat /proc/self/mountinfo
        find / -xdev -path /bin -prune -o -print | sort | while read f; do stat -c '%A %u:%g %N' "$f"; done
        find /dev | sort | while read f; do stat -c '%A %u:%g %t:%T %N' "$f"; done
        """;

    [SkippableFact]
    public async Task TheUsualConfiguration()
    {
        using var bundle = await RootBundle.CreateAsync();
        await CompareAsync(bundle, Look);
    }

    [SkippableFact]
    public async Task BindMounts()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Folder("data");
        bundle.Write("one", "text");
        bundle.Mount("/ro", "bind", "data", "rbind", "ro");
        bundle.Mount("/plain", "none", bundle["data"], "bind");
        bundle.Mount("/flags", "bind", bundle["data"], "rbind", "nosuid", "nodev", "noexec", "rprivate");
        bundle.Mount("/times", "bind", bundle["data"], "bind", "noatime", "nodiratime");
        bundle.Mount("/strict", "bind", bundle["data"], "bind", "strictatime");
        bundle.Mount("/relative", "bind", bundle["data"], "bind", "relatime", "ro");
        bundle.Mount("/slave", "bind", bundle["data"], "rbind", "rslave");
        bundle.Mount("/shared", "bind", bundle["data"], "rbind", "rshared");
        bundle.Mount("/unbindable", "bind", bundle["data"], "bind", "unbindable");
        bundle.Mount("/etc/deep/file", "bind", "one", "bind", "ro");
        bundle.Mount("/a/../b/./c", "bind", "one", "bind");
        bundle.Mount("/devices/null", "bind", "/dev/null", "bind");
        await CompareAsync(bundle, Look + "\ncat /ro/inner/file /etc/deep/file /b/c; echo x > /ro/x; echo y > /plain/y; ls /flags", () =>
        {
            Directory.Delete(bundle["data"], recursive: true);
            bundle.Write("data/inner/file", "text");
        });
    }

    [SkippableFact]
    public async Task RecursiveAttributes()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Write("data/file", "text");
        bundle.Mount("/one", "bind", "/sys", "rbind", "rro", "rnosuid", "rnodev", "rnoexec");
        bundle.Mount("/two", "bind", "/dev", "rbind", "rnoatime", "rnodiratime");
        bundle.Mount("/three", "bind", "data", "rbind", "ro", "rstrictatime");
        await CompareAsync(bundle, "cat /proc/self/mountinfo");
    }

    // runc 1.1 leaves the words out here.
    [SkippableFact]
    public async Task RecursiveAttributesOfOtherMounts()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Mount("/other", "tmpfs", "tmpfs", "rnoexec", "rnosymfollow");
        Assert.Contains(" /other rw,noexec,relatime,nosymfollow - tmpfs", (await bundle.RunAsync("cat /proc/self/mountinfo")).Succeeded());
    }

    // runc 1.1 changes the mode afterwards, where we, as later versions, mount with it.
    [SkippableFact]
    public async Task TemporaryFileSystems()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Mount("/new", "tmpfs", "tmpfs", "size=64k");
        bundle.Mount("/there", "tmpfs", "tmpfs", "nosuid", "size=64k");
        bundle.Mount("/sticky", "tmpfs", "name", "noexec", "nodev");
        bundle.Mount("/readonly", "tmpfs", "tmpfs", "ro", "mode=700");
        bundle.Mount("/copied", "tmpfs", "tmpfs", "tmpcopyup");
        bundle.Mount("/copied-ro", "tmpfs", "tmpfs", "tmpcopyup", "ro");
        await CompareAsync(bundle, Look.Replace("mountinfo", "mountinfo | sed 's/,mode=[0-7]*//'", StringComparison.Ordinal) + "\nfind /copied /copied-ro | sort | while read f; do stat -c '%A %u:%g %s %N' $f; done; cat /copied/a/file; touch /readonly/x", () =>
        {
            Directory.CreateDirectory(bundle["rootfs/there"], (UnixFileMode)0b111_000_101);
            Directory.CreateDirectory(bundle["rootfs/sticky"]);
            File.SetUnixFileMode(bundle["rootfs/sticky"], (UnixFileMode)0b1_111_111_111);
            foreach (var copied in (string[])["rootfs/copied", "rootfs/copied-ro"])
            {
                bundle.Write(copied + "/a/file", "text\n");
                File.SetUnixFileMode(bundle[copied + "/a/file"], (UnixFileMode)0b110_100_000);
                bundle.Folder(copied + "/a/empty");
                File.SetUnixFileMode(bundle[copied + "/a"], (UnixFileMode)0b111_000_000);
                File.CreateSymbolicLink(bundle[copied + "/link"], "/nowhere");
            }
        });
    }

    [SkippableFact]
    public async Task OtherFileSystems()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Mount("/queue", "mqueue", "mqueue", "nosuid");
        bundle.Mount("/second/proc", "proc", "proc", "nosuid", "noexec", "hidepid=2");
        bundle.Mount("/second/sys", "sysfs", "sysfs", "ro");
        bundle.Mount("/terminals", "devpts", "devpts", "newinstance", "ptmxmode=0600", "mode=0600");
        bundle.Mount("/overlay", "overlay", "overlay", $"lowerdir={bundle.Folder("lower")},upperdir={bundle.Folder("upper")},workdir={bundle.Folder("work")}");
        bundle.Mount("/synchronous", "tmpfs", "tmpfs", "sync", "dirsync", "noatime");
        await CompareAsync(bundle, "cat /proc/self/mountinfo; ls -A /second/sys; find /terminals | while read f; do stat -c '%A %u:%g %t:%T %N' $f; done", () =>
        {
            foreach (var path in (string[])["upper", "work"])
            {
                Directory.Delete(bundle[path], recursive: true);
                bundle.Folder(path);
            }
        });
    }

    [SkippableFact]
    public async Task WithACgroupNamespace()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["linux"]!["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "cgroup" });
        await CompareAsync(bundle, "cat /proc/self/mountinfo");
    }

    [SkippableFact]
    public async Task Devices()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["linux"]!["devices"] = JsonNode.Parse("""
            [{"type":"c","path":"/dev/fuse","major":10,"minor":229,"fileMode":438,"uid":1000,"gid":5},
            {"type":"b","path":"/dev/deep/disk","major":254,"minor":300,"fileMode":384},
            {"type":"c","path":"/dev/full","major":1,"minor":7,"fileMode":256,"uid":3},
            {"type":"p","path":"/dev/pipe","fileMode":420},
            {"type":"c","path":"/dev/ptmx","major":5,"minor":2},
            {"type":"c","path":"/outside/null","major":1,"minor":3}]
            """);
        await CompareAsync(bundle, Look);
    }

    [SkippableFact]
    public async Task WithoutAnythingAtDev()
    {
        using var bundle = await RootBundle.CreateAsync();
        foreach (var destination in (string[])["/dev/mqueue", "/dev/shm", "/dev/pts", "/dev"])
        {
            bundle.Unmount(destination);
        }

        await CompareAsync(bundle, Look);
    }

    [SkippableFact]
    public async Task WithTheHostsDev()
    {
        using var bundle = await RootBundle.CreateAsync();
        foreach (var destination in (string[])["/dev/mqueue", "/dev/shm", "/dev/pts", "/dev"])
        {
            bundle.Unmount(destination);
        }

        bundle.Mount("/dev", "bind", "/dev", "rbind", "nosuid");
        await CompareAsync(bundle, "cat /proc/self/mountinfo; ls -l /dev/null");
    }

    [SkippableFact]
    public async Task InAUserNamespace()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.MapUsers();
        bundle.Folder("data");
        bundle.Mount("/data", "bind", bundle["data"], "rbind", "ro", "nosuid");
        bundle.Mount("/host", "bind", "/sys/class", "bind", "nosuid");
        // The root of an IPC namespace's queues belongs to whoever made the namespace, which here is the host.
        await CompareAsync(bundle, Look + " | sed 's|[0-9]*:65534 0:0 /dev/mqueue|/dev/mqueue|'");
    }

    [SkippableTheory]
    [InlineData("private")]
    [InlineData("rprivate")]
    [InlineData("slave")]
    [InlineData("rslave")]
    public async Task Propagation(string propagation)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["linux"]!["rootfsPropagation"] = propagation;
        await CompareAsync(bundle, "cat /proc/self/mountinfo");
    }

    // runc 1.1 leaves the root private with the first two, and fails with the others.
    [SkippableTheory]
    [InlineData("shared", "shared")]
    [InlineData("rshared", "shared")]
    [InlineData("unbindable", "unbindable")]
    [InlineData("runbindable", "unbindable")]
    public async Task PropagationThatRuncDoesNotSet(string propagation, string expected)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["linux"]!["rootfsPropagation"] = propagation;
        var first = MountInfoText.Normalise((await bundle.RunAsync("cat /proc/self/mountinfo")).Succeeded()).Split('\n')[0];
        Assert.Contains($" ro,relatime {expected} - ", first);
    }

    [SkippableFact]
    public async Task AMountOverTheRoot()
    {
        using var bundle = await RootBundle.CreateAsync();
        var mounts = bundle.Spec["mounts"]!.AsArray();
        mounts.Insert(0, JsonNode.Parse($$"""{"destination":"/","type":"bind","source":"{{bundle["rootfs"]}}","options":["bind","nosuid"]}"""));
        var output = (await bundle.RunAsync("cat /proc/self/mountinfo; touch /x 2>&1; echo $?; ls /dev/null")).Succeeded();
        Assert.Contains(" / ro,nosuid,relatime ", output);
        Assert.EndsWith("Read-only file system\n1\n/dev/null\n", output);
    }

    [SkippableFact]
    public async Task TheConsole()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["process"]!["terminal"] = true;
        const string Script = "/bin/busybox grep -E '/dev/(console|pts)' /proc/self/mountinfo; stat -c '%A %u:%g %t:%T %N' /dev/console /dev/pts/0; tty; readlink /proc/self/fd/0";
        var runc = await bundle.RunInTerminalAsync("runc", Script);
        bundle.RenewRoot();
        var ours = await bundle.RunInTerminalAsync(await PublishedRuntime.PathAsync, Script);
        Assert.Contains("/dev/console", ours);
        Assert.Equal(runc, ours);
    }

    private static async Task CompareAsync(RootBundle bundle, string script, Action? prepare = null)
    {
        var (ours, runc) = await bundle.RunBothAsync(script, prepare);
        Assert.Equal(runc, ours);
    }
}
