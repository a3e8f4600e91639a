using Containerize.Runtime.Cgroups;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>The same container over and over, eight at a time: none fails, and nothing is left of any.</summary>
public class RunningManyTimes
{
    private static readonly int Times = Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") == "1" ? 1000 : 100;

    [SkippableFact]
    public async Task AsRoot()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Program("/bin/busybox", "true");
        await RunAsync(bundle, "");
    }

    // The first eight make the same mount points in the same root.
    [SkippableFact]
    public async Task WithManyMountPointsToMake()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Program("/bin/busybox", "true");
        for (var i = 0; i < 20; i++)
        {
            bundle.Set("/mounts/-", $$"""{"destination":"/new/{{i}}/of/many","type":"tmpfs","source":"tmpfs","options":["size=4k"]}""");
        }

        await RunAsync(bundle, "", 16);
    }

    [SkippableFact]
    public async Task AsAPlainUserWithOneId()
    {
        ToolRunner.Require("setpriv");
        using var bundle = await LifeBundle.CreateAsync();
        // Where the sources are a plain user may not come.
        File.Copy(bundle.Runtime, bundle["runtime"]);
        bundle.MakeFolder("state");
        (await ToolRunner.RunAsync("chown", "-R", "65534:65534", bundle.Folder)).Succeeded();
        const string AsNobody = "setpriv --reuid 65534 --regid 65534 --clear-groups";
        File.Delete(bundle["config.json"]);
        (await bundle.CallInShellAsync($"{AsNobody} ./runtime spec --rootless && sed -i 's/\"terminal\": true/\"terminal\": false/; s/\"sh\"/\"\\/bin\\/busybox\", \"true\"/' config.json")).Succeeded();
        await RunAsync(bundle, AsNobody);
    }

    [SkippableFact]
    public async Task AsAPlainUserWithManyIds()
    {
        var user = PlainUser.Find();
        using var bundle = await LifeBundle.CreateAsync();
        user.Map(bundle);
        bundle.Script("/bin/busybox chown 7:9 /tmp-file && [ $(/bin/busybox stat -c %u:%g /tmp-file) = 7:9 ]");
        bundle.Set("/root/readonly", "false");
        bundle.Set("/process/capabilities/effective/-", "\"CAP_CHOWN\"");
        bundle.Set("/process/capabilities/permitted/-", "\"CAP_CHOWN\"");
        bundle.Set("/process/capabilities/bounding/-", "\"CAP_CHOWN\"");
        bundle.Write("rootfs/tmp-file", "");
        await user.GiveAsync(bundle);
        const int Few = 10;
        await RunAsync(bundle, user.Prefix, Few);
    }

    private static async Task RunAsync(LifeBundle bundle, string privileges, int? times = null)
    {
        var prefix = LifeBundle.NewId();
        var runtime = privileges.Length == 0 ? bundle.Runtime : "./runtime";
        var result = await bundle.CallInShellAsync($"seq {times ?? Times} | xargs -P 8 -I N {privileges} {runtime} --root {bundle.Root} run {prefix}-N");
        Assert.Equal(new ToolRunner.Result(0, "", ""), result);
        Assert.Equal("", bundle.Remains());
        var cgroups = CgroupHierarchies.Find().All.Select(hierarchy => Path.GetDirectoryName(hierarchy.Absolute(CgroupPath.Of(null, "x").In(hierarchy)))!);
        Assert.DoesNotContain(cgroups.SelectMany(Directory.GetDirectories), cgroup => Path.GetFileName(cgroup).StartsWith(prefix, StringComparison.Ordinal));
    }
}
