using Containerize.Runtime.Cgroups;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

public class WithoutACgroupFilesystem
{
    [Theory]
    [InlineData("cgroup", "devices")]
    [InlineData("cgroup2", "")]
    public void NothingIsMadeAtAControllersPlace(string type, string controller)
    {
        using var folder = new TemporaryFolder();
        var hierarchies = CgroupHierarchies.Parse($"35 31 0:32 / {folder.Path} rw - {type} {type} rw,{controller}", $"0:{controller}:/");
        var e = Assert.Throws<ContainerizeException>(() => Cgroup.Create(hierarchies, CgroupPath.Of("/a", ""), null, rootless: false));
        Assert.StartsWith($"opening the cgroup {folder.Path}: it is on a filesystem of another type (0x", e.Message, StringComparison.Ordinal);
        Assert.Equal(CgroupError.Hierarchy, e.Number);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("")]
    public void AStatesPathToElsewhereIsRefused(string controller)
    {
        using var folder = new TemporaryFolder();
        folder.Write("cgroup.procs", "");
        var e = Assert.Throws<ContainerizeException>(() => Cgroup.Open(new Dictionary<string, string> { [controller] = folder.Path }));
        Assert.Equal(CgroupError.Hierarchy, e.Number);
        Assert.Equal("", File.ReadAllText(folder["cgroup.procs"]));
    }

    [Fact]
    public void RootNeedsTheDevicesController()
    {
        var e = Assert.Throws<ContainerizeException>(() => Cgroup.Create(new([]), CgroupPath.Of(null, "a"), null, rootless: false));
        Assert.Contains("the controller \"devices\" is not mounted", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APlainUserGoesOnWithoutLimitsAndIsToldOfThoseAskedFor()
    {
        using var cgroup = Cgroup.Create(new([]), CgroupPath.Of(null, "a"), null, rootless: true);
        Assert.False(cgroup.Exists);
        Assert.Empty(cgroup.Paths);
        cgroup.Join(1);
        cgroup.Apply(null, DevicePolicy.Of(null), rootless: true);
        cgroup.ApplyProcessLimit(null);
        cgroup.Remove();
        Assert.False(cgroup.IsFrozen);
        Assert.Equal(CgroupError.Absent, Assert.Throws<ContainerizeException>(cgroup.Freeze).Number);
        Assert.Equal(CgroupError.Absent, Assert.Throws<ContainerizeException>(() => cgroup.Processes()).Number);
        var e = Assert.Throws<ContainerizeException>(() => cgroup.Apply(new() { Memory = new() { Limit = 5 } }, null, rootless: true));
        Assert.StartsWith("setting memory.limit_in_bytes to 5: cannot set memory limit: container could not join or create cgroup.", e.Message, StringComparison.Ordinal);
    }
}
