using System.Text.Json.Nodes;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.RootFileSystem;

/// <summary>Images and volumes that try to have something made, mounted or read outside the container's root.</summary>
public class EscapingTheRoot
{
    // CVE-2019-19921, CVE-2023-27561.
    [SkippableTheory]
    [InlineData("proc", "/proc", false)]
    [InlineData("proc", "/proc", true)]
    [InlineData("sys", "/sys", false)]
    public async Task ALinkInPlaceOfProcOrSysIsRefused(string link, string destination, bool relative)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Folder("rootfs/elsewhere");
        File.CreateSymbolicLink(bundle["rootfs/" + link], relative ? "elsewhere" : bundle.Host);
        var result = await bundle.RunAsync("echo started");
        AssertRefused(result, $"mounting {(link == "sys" ? "sysfs" : "proc")} at {destination}");
        Assert.Empty(Directory.GetFileSystemEntries(bundle.Host));
        Assert.Empty(Directory.GetFileSystemEntries(bundle["rootfs/elsewhere"]));
    }

    // CVE-2019-16884, CVE-2025-52881.
    [SkippableTheory]
    [InlineData("/proc", "tmpfs", "tmpfs")]
    [InlineData("/proc/self/attr", "tmpfs", "tmpfs")]
    [InlineData("/proc/sys/kernel", "tmpfs", "tmpfs")]
    [InlineData("/proc/self/attr", "bind", "/tmp")]
    [InlineData("/proc/self/exe", "bind", "/bin/true")]
    [InlineData("/proc", "bind", "/tmp")]
    [InlineData("/proc", "bind", "/proc/sys")]
    [InlineData("/link", "tmpfs", "tmpfs")]
    [InlineData("/link/self/attr", "tmpfs", "tmpfs")]
    [InlineData("/bin/../proc/thread-self/attr", "tmpfs", "tmpfs")]
    public async Task NothingButAProcfsIsMountedAtProc(string destination, string type, string source)
    {
        using var bundle = await RootBundle.CreateAsync();
        File.CreateSymbolicLink(bundle["rootfs/link"], "../../proc");
        bundle.Mount(destination, type, source, type == "bind" ? "rbind" : "rw");
        AssertRefused(await bundle.RunAsync("echo started"), "mounting");
    }

    [SkippableFact]
    public async Task EmulatedFilesOfProcCanBeBound()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Write("meminfo", "MemTotal: 1 kB\n");
        bundle.Mount("/proc/meminfo", "bind", "meminfo", "bind", "ro");
        Assert.Equal("MemTotal: 1 kB\n", (await bundle.RunAsync("cat /proc/meminfo")).Succeeded());
    }

    // CVE-2021-30465, CVE-2024-45310.
    [SkippableTheory]
    [InlineData("/link/inner")]
    [InlineData("/link")]
    [InlineData("/relative/inner")]
    public async Task AMountPointBehindALinkIsInTheContainer(string destination)
    {
        using var bundle = await RootBundle.CreateAsync();
        File.CreateSymbolicLink(bundle["rootfs/link"], bundle.Host);
        File.CreateSymbolicLink(bundle["rootfs/relative"], "../../../../../.." + bundle.Host);
        bundle.Write("file", "text");
        bundle.Mount(destination, "tmpfs", "tmpfs", "size=64k");
        bundle.Mount(destination + "/deep/file", "bind", "file", "bind");
        var output = (await bundle.RunAsync($"cat {destination}/deep/file; cat {bundle.Host}{(destination.Contains("inner") ? "/inner" : "")}/deep/file")).Succeeded();
        Assert.Equal("texttext", output);
        Assert.Empty(Directory.GetFileSystemEntries(bundle.Host));
    }

    // CVE-2026-41579, CVE-2026-47766.
    [SkippableFact]
    public async Task ALinkInPlaceOfDevGetsNoNodesOnTheHost()
    {
        using var bundle = await RootBundle.CreateAsync();
        foreach (var destination in (string[])["/dev/mqueue", "/dev/shm", "/dev/pts", "/dev"])
        {
            bundle.Unmount(destination);
        }

        File.CreateSymbolicLink(bundle["rootfs/dev"], bundle.Host);
        Assert.Equal("1:3\n", (await bundle.RunAsync("stat -L -c %t:%T /dev/null")).Succeeded());
        Assert.Empty(Directory.GetFileSystemEntries(bundle.Host));
    }

    // CVE-2025-31133.
    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ALinkInPlaceOfTheNullDeviceMasksNothing(bool link)
    {
        using var bundle = await RootBundle.CreateAsync();
        foreach (var destination in (string[])["/dev/mqueue", "/dev/shm", "/dev/pts", "/dev"])
        {
            bundle.Unmount(destination);
        }

        bundle.Folder("devices");
        if (link)
        {
            File.CreateSymbolicLink(bundle["devices/null"], "/proc/sys/kernel/core_pattern");
        }
        else
        {
            bundle.Write("devices/null", "not empty");
        }

        bundle.Mount("/dev", "bind", "devices", "rbind");
        var pattern = await File.ReadAllTextAsync("/proc/sys/kernel/core_pattern");
        AssertRefused(await bundle.RunAsync("echo started"), "masking /proc/");
        Assert.Equal(pattern, await File.ReadAllTextAsync("/proc/sys/kernel/core_pattern"));
    }

    // CVE-2025-52565.
    [SkippableTheory]
    [InlineData("console", "/proc/sys/kernel/core_pattern")]
    [InlineData("console", "null")]
    [InlineData("pts", "/tmp")]
    public async Task ALinkInPlaceOfTheConsoleIsRefused(string name, string target)
    {
        using var bundle = await RootBundle.CreateAsync();
        foreach (var destination in (string[])["/dev/mqueue", "/dev/shm", "/dev/pts", "/dev"])
        {
            bundle.Unmount(destination);
        }

        bundle.Folder("devices");
        File.CreateSymbolicLink(bundle["devices/" + name], target);
        bundle.Mount("/dev", "bind", "devices", "rbind");
        if (name == "console")
        {
            bundle.Mount("/dev/pts", "devpts", "devpts", "newinstance", "ptmxmode=0666");
        }

        bundle.Spec["process"]!["terminal"] = true;
        var output = await bundle.RunInTerminalAsync(await PublishedRuntime.PathAsync, "echo started");
        Assert.DoesNotContain("started", output);
        Assert.Contains("error", output);
        Assert.Equal(target, new FileInfo(bundle["devices/" + name]).LinkTarget);
    }

    [SkippableFact]
    public async Task AFileInPlaceOfADeviceIsRefused()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Folder("devices");
        bundle.Write("devices/zero", "");
        bundle.Mount("/other", "bind", "devices", "bind");
        bundle.Spec["linux"]!["devices"] = JsonNode.Parse("""[{"type":"c","path":"/other/zero","major":1,"minor":5}]""");
        AssertRefused(await bundle.RunAsync("echo started"), "making the device /other/zero");
    }

    // A working directory that is a descriptor of the host's (CVE-2024-21626).
    [SkippableTheory]
    [InlineData("/proc/self/fd/3")]
    [InlineData("/proc/self/fd/5")]
    [InlineData("/proc/self/fd/7/etc")]
    [InlineData("/link")]
    public async Task ADescriptorIsNoWorkingDirectory(string directory)
    {
        using var bundle = await RootBundle.CreateAsync();
        File.CreateSymbolicLink(bundle["rootfs/link"], "/proc/self/fd/4");
        bundle.Spec["process"]!["cwd"] = directory;
        AssertRefused(await bundle.RunAsync("echo started; ls ../../../etc"), directory);
    }

    [SkippableFact]
    public async Task TheOldRootIsGone()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Write("host/mark", "");
        var output = (await bundle.RunAsync($"ls -a / ; ls {bundle.Host} 2>/dev/null; cat /proc/self/mountinfo; readlink /proc/1/root /proc/1/cwd; ls /proc/1/root/")).Succeeded();
        Assert.DoesNotContain("mark", output);
        Assert.DoesNotContain(" /tmp ", output);
        Assert.Single(MountInfoText.Normalise(output).Split('\n'), line => line.StartsWith("? <- ", StringComparison.Ordinal));
        Assert.DoesNotContain("/etc", output);
    }

    // The bundle lies in a mount that is shared with everybody, as with systemd.
    [SkippableTheory]
    [InlineData("rshared", false)]
    [InlineData("rslave", false)]
    [InlineData("rslave", true)]
    [InlineData(null, false)]
    public async Task MountsOfTheContainerStayInIt(string? propagation, bool noPivot)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["linux"]!["rootfsPropagation"] = propagation;
        bundle.Spec["root"]!["readonly"] = false;
        bundle.Allow("CAP_SYS_ADMIN");
        (await ToolRunner.RunAsync("mount", "--bind", bundle["rootfs"], bundle["rootfs"])).Succeeded();
        try
        {
            (await ToolRunner.RunAsync("mount", "--make-shared", bundle["rootfs"])).Succeeded();
            var before = bundle.MountsOnTheHost();
            var result = await bundle.RunAsync("mkdir /inner && mount -t tmpfs none /inner && echo made", noPivot ? ["--no-pivot"] : []);
            Assert.Equal("made\n", result.Succeeded());
            Assert.Equal(before, bundle.MountsOnTheHost());
        }
        finally
        {
            (await ToolRunner.RunAsync("umount", "-R", bundle["rootfs"])).Succeeded();
        }
    }

    [SkippableFact]
    public async Task NamespacesAreTheContainersOwn()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["linux"]!["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "cgroup" });
        var inside = (await bundle.RunAsync("for n in cgroup ipc mnt net pid uts; do readlink /proc/self/ns/$n; done")).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, inside.Length);
        foreach (var name in inside)
        {
            Assert.NotEqual(new FileInfo("/proc/self/ns/" + name.Split(':')[0]).LinkTarget, name);
        }
    }

    // The race forms: another container of the same volume swaps a directory for a link while ours is made.
    [SkippableFact]
    public async Task ASwappedLinkLeadsNowhere()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Folder("volume/point");
        File.CreateSymbolicLink(bundle["volume/link"], bundle.Host);
        bundle.Mount("/volume", "bind", "volume", "rbind", "rw");
        bundle.Mount("/volume/point/inner", "tmpfs", "tmpfs", "size=64k");
        bundle.Mount("/volume/point/other/file", "bind", "/bin/true", "bind");
        bundle.Spec["linux"]!["devices"] = JsonNode.Parse("""[{"type":"c","path":"/volume/point/device","major":1,"minor":3}]""");
        bundle.Spec["linux"]!["maskedPaths"]!.AsArray().Add((JsonNode)"/volume/point/device");
        var before = bundle.MountsOnTheHost();
        using var stop = new CancellationTokenSource();
        var swapper = Task.Run(() => Swap(bundle["volume"], stop.Token));
        var rounds = Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") is { Length: > 0 } ? 1000 : 50;
        for (var i = 0; i < rounds; i++)
        {
            await bundle.RunAsync("echo started");
        }

        await stop.CancelAsync();
        Assert.True(await swapper > rounds, "the race was not one");
        Assert.Empty(Directory.GetFileSystemEntries(bundle.Host));
        Assert.Equal(before, bundle.MountsOnTheHost());
    }

    private static int Swap(string volume, CancellationToken stop)
    {
        var swaps = 0;
        while (!stop.IsCancellationRequested)
        {
            Exchange(Path.Combine(volume, "point"), Path.Combine(volume, "link"));
            swaps++;
        }

        return swaps;
    }

    private static void Exchange(string one, string other)
    {
        const int ExchangeNames = 2;
        using var oneText = new NativeText(one);
        using var otherText = new NativeText(other);
        Syscall.Try(SyscallNumber.Renameat2, -100, oneText.Address, -100, otherText.Address, ExchangeNames);
    }

    private static void AssertRefused(ToolRunner.Result result, string doing)
    {
        Assert.NotEqual(0, result.ExitCode);
        Assert.DoesNotContain("started", result.Output);
        Assert.Contains(doing, result.Errors);
    }
}
