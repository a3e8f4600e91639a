using Containerize.Layers.Unpacking;
using Xunit;

namespace Containerize.Tests.Layers.Unpacking;

/// <summary>What people are told of devices that are not there.</summary>
public class LeavingOutDevices
{
    [SkippableTheory]
    [InlineData(false, "8 devices could not be made, as only root makes device files; nothing has to be done, as containers have their /dev from the runtime")]
    [InlineData(true, "8 devices were left out, as here they would be those of this machine")]
    public void SaysWhyAndWhetherSomethingHasToBeDone(bool isHost, string warning)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "layers are unpacked on Linux");
        var metadata = new NodeMetadata(OwnerMap.Read(), new UnpackErrors("unpacking")) { IsHost = isHost };
        Assert.Null(metadata.Warning);
        for (var i = 0; i < 8; i++)
        {
            metadata.LeaveOutDevice();
        }

        Assert.Equal(warning, metadata.Warning);
    }
}
