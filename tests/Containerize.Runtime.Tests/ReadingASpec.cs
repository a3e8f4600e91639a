using System.Text.Json;
using Containerize.Runtime.Tests.Documents;
using Xunit;

namespace Containerize.Runtime.Tests;

public class ReadingASpec
{
    [Fact]
    public void AbsentPartsAreNull()
    {
        var spec = JsonSerializer.Deserialize("""{"ociVersion":"1.2.0","root":{"path":"rootfs","readonly":true}}"""u8, RuntimeJson.Default.RuntimeSpec)!;
        Assert.Equal("rootfs", spec.Root?.Path);
        Assert.True(spec.Root?.ReadOnly);
        Assert.Null(spec.Process);
        Assert.Null(spec.Linux);
    }

    [Fact]
    public void NamesThatAreNotCamelCaseAreTheSpecs()
    {
        const string Json = """
            {"linux":{"uidMappings":[{"containerID":0,"hostID":1000,"size":1}],
            "resources":{"blockIO":{"weight":10,"throttleReadIOPSDevice":[{"major":8,"minor":0,"rate":1}]},"network":{"classID":1},
            "memory":{"disableOOMKiller":true,"kernelTCP":3}},"intelRdt":{"closID":"a"}}}
            """;
        var linux = JsonSerializer.Deserialize(Json, RuntimeJson.Default.RuntimeSpec)!.Linux!;
        Assert.Equal(1000u, Assert.Single(linux.UidMappings!).HostId);
        Assert.Equal((ushort)10, linux.Resources?.BlockIo?.Weight);
        Assert.Single(linux.Resources!.BlockIo!.ThrottleReadIopsDevice!);
        Assert.Equal(1u, linux.Resources.Network?.ClassId);
        Assert.True(linux.Resources.Memory?.DisableOomKiller);
        Assert.Equal(3, linux.Resources.Memory?.KernelTcp);
        Assert.Equal("a", linux.IntelRdt?.ClosId);
    }
}
