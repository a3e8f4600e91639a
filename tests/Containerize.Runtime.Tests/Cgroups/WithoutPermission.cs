using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

public class WithoutPermission
{
    private static readonly ResourcesSpec Limits = new() { Memory = new() { Limit = 1 << 24 }, HugepageLimits = [new() { PageSize = "2MB", Limit = 1 << 24 }] };

    private readonly string _name = $"containerize-test-{Guid.NewGuid():N}";

    [SkippableFact]
    public void NothingIsAskedForSoTheContainerHasNoCgroup() => AsPlainUser(hierarchies =>
    {
        using var cgroup = Create(hierarchies, null, null);
        Assert.Empty(cgroup.Paths);
        cgroup.Apply(null, DevicePolicy.Of(null), rootless: true);
    });

    [SkippableFact]
    public void AGivenPathIsAnError() => AsPlainUser(hierarchies =>
    {
        var e = Assert.Throws<ContainerizeException>(() => Create(hierarchies, $"/{_name}", null));
        Assert.Equal(CgroupError.Making, e.Number);
        Assert.EndsWith($"/{_name}: permission denied. Have a cgroup delegated to this user, or choose a cgroupsPath in one.", e.Message, StringComparison.Ordinal);
    });

    [SkippableFact]
    public void LimitsAreAnError() => AsPlainUser(hierarchies =>
    {
        var e = Assert.Throws<ContainerizeException>(() =>
        {
            using var cgroup = Create(hierarchies, null, Limits);
            cgroup.Apply(Limits, null, rootless: true);
        });
        Assert.Equal(hierarchies.IsUnified ? CgroupError.Making : CgroupError.Limit, e.Number);
    });

    [SkippableFact]
    public void RootIsTold() => AsPlainUser(hierarchies =>
        Assert.Equal(CgroupError.Making, Assert.Throws<ContainerizeException>(() => Cgroup.Create(hierarchies, CgroupPath.Of(null, _name), null, rootless: false)).Number));

    private Cgroup Create(CgroupHierarchies hierarchies, string? path, ResourcesSpec? resources) =>
        Cgroup.Create(hierarchies, CgroupPath.Of(path, _name), resources, rootless: true);

    // Of all hierarchies, and of version 2 alone.
    private static void AsPlainUser(Action<CgroupHierarchies> action)
    {
        const int Nobody = 65534;
        Skip.If(Syscall.Try(SyscallNumber.Geteuid) != 0, "becoming a plain user needs root");
        var all = CgroupHierarchies.Find();
        Skip.If(all.All.Count == 0, "no cgroup filesystem is mounted");
        var kinds = all.All.Where(h => h.Version == CgroupVersion.Two).Select(h => new CgroupHierarchies([h])).Append(all);
        Exception? failure = null;

        // The system call itself, unlike the C library's function, is about one thread.
        var thread = new Thread(() =>
        {
            try
            {
                Syscall.Check(Syscall.Try(SyscallNumber.Setresuid, Nobody, Nobody, Nobody), "setresuid");
                foreach (var hierarchies in kinds)
                {
                    action(hierarchies);
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw failure;
        }
    }
}
