using Containerize.Runtime.Cgroups;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

public class ChoosingThePlace
{
    [Theory]
    [InlineData("/a/b", "a/b", "a/b")]
    [InlineData("a/b", "own/here/a/b", "own/a/b")]
    [InlineData(null, "own/here/box", "own/box")]
    [InlineData("", "own/here/box", "own/box")]
    [InlineData("/../../a", "a", "a")]
    [InlineData("../../a", "own/here/a", "own/a")]
    [InlineData("/a/../../b/./c//d", "b/c/d", "b/c/d")]
    [InlineData("system.slice:docker:1", "own/here/system.slice:docker:1", "own/system.slice:docker:1")]
    public void AbsoluteIsBelowTheMountAndTheRestBelowOurOwn(string? cgroupsPath, string version1, string version2)
    {
        var path = CgroupPath.Of(cgroupsPath, "box");
        Assert.Equal(version1, path.In(new(CgroupVersion.One, ["memory"], "/m", "own/here")));
        Assert.Equal(version2, path.In(new(CgroupVersion.Two, [""], "/m", "own/here")));
        Assert.Equal(!string.IsNullOrEmpty(cgroupsPath), path.IsGiven);
    }

    [Theory]
    [InlineData("/")]
    [InlineData(".")]
    [InlineData("/a/..")]
    [InlineData("/a\0b")]
    public void WhatIsNoCgroupOfItsOwnIsRefused(string cgroupsPath) =>
        Assert.Equal(CgroupError.Path, Assert.Throws<ContainerizeException>(() => CgroupPath.Of(cgroupsPath, "box")).Number);
}
