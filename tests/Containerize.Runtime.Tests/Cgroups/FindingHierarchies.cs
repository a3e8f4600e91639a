using System.Globalization;
using Containerize.Runtime.Cgroups;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

public class FindingHierarchies
{
    [Fact]
    public void HybridIsVersion1ByControllerAndVersion2Beside() => Assert.Equal(
        """
        One memory at /sys/fs/cgroup/memory in "a/b"
        One name=systemd at /sys/fs/cgroup/systemd in ""
        Two  at /sys/fs/cgroup/unified in ""
        """,
        Describe(
            """
            31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
            35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime shared:9 master:2 - cgroup cgroup rw,xattr,name=systemd
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
            """,
            """
            9:name=systemd:/
            4:memory:/a/b
            0::/
            """));

    [Fact]
    public void Version2AloneIsUnified()
    {
        var hierarchies = CgroupHierarchies.Parse(
            "30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n",
            "0::/user.slice/user-1000.slice/session-1.scope\n");
        Assert.True(hierarchies.IsUnified);
        Assert.Equal("""Two  at /sys/fs/cgroup in "user.slice/user-1000.slice/session-1.scope" """.TrimEnd(), Describe(hierarchies));
    }

    [Fact]
    public void ControllersThatAreMountedTogetherAreOneHierarchy() => Assert.Equal(
        """One cpu,cpuacct at /sys/fs/cgroup/cpu,cpuacct in "x:y" """.TrimEnd(),
        Describe("35 31 0:32 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct", "4:cpu,cpuacct:/x:y"));

    [Theory]
    [InlineData("/docker/abc", "/docker/abc", "")]
    [InlineData("/docker/abc", "/docker/abc/inner", "inner")]
    [InlineData("/docker/abc", "/docker/abcdef", "")]
    [InlineData("/docker/abc", "/other", "")]
    [InlineData("/../..", "/", "")]
    [InlineData("/", "/../outside", "")]
    public void InAContainerPathsBeginWhereTheMountDoes(string root, string own, string expected) => Assert.Equal(
        $"One memory at /sys/fs/cgroup/memory in \"{expected}\"",
        Describe($"35 31 0:32 {root} /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", $"4:memory:{own}"));

    [Fact]
    public void AMountThatAnotherHidesIsNotThere() => Assert.Equal(
        """One pids at /sys/fs/cgroup/pids in "" """.TrimEnd(),
        Describe(
            """
            31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw
            35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            36 35 0:33 / /sys/fs/cgroup/memory rw - tmpfs tmpfs rw
            37 31 0:34 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
            """,
            "4:memory:/\n5:pids:/\n"));

    [Fact]
    public void AMountAboveHidesToo() => Assert.Equal(
        "",
        Describe(
            """
            31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw
            35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            50 31 0:39 / /sys/fs/cgroup rw - tmpfs tmpfs rw
            """,
            "4:memory:/\n"));

    [Fact]
    public void TheHostsOwnPlaceComesBeforeOthers() => Assert.Equal(
        """Two  at /sys/fs/cgroup in "" """.TrimEnd(),
        Describe(
            """
            29 23 0:26 /box /srv/box/sys/fs/cgroup rw - cgroup2 cgroup2 rw
            30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw
            """,
            "0::/\n"));

    [Fact]
    public void SpacesInPathsAreReadFromTheirOctalNumbers() => Assert.Equal(
        """Two  at /a b\c/é in "" """.TrimEnd(), Describe("""30 23 0:26 / /a\040b\134c/é rw - cgroup2 cgroup2 rw""", "0::/\n"));

    [Fact]
    public void WhatIsNoLineOfMountinfoIsRefused() =>
        Assert.Throws<FormatException>(() => CgroupHierarchies.Parse("31 23 0:28 / /sys/fs/cgroup", "0::/"));

    private static string Describe(string mountinfo, string membership) => Describe(CgroupHierarchies.Parse(mountinfo, membership));

    private static string Describe(CgroupHierarchies hierarchies) => string.Join('\n', hierarchies.All.Select(h =>
        string.Create(CultureInfo.InvariantCulture, $"{h.Version} {string.Join(',', h.Controllers)} at {h.MountPoint} in \"{h.OwnPath}\"")));
}
