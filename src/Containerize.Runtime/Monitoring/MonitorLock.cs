using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Monitoring;

/// <summary>The lock that says that a container has a monitor, and that there is one only.</summary>
internal static class MonitorLock
{
    private const int BetweenAttempts = 2;

    /// <summary>Takes it; null where another monitor answers. One that ends does so no longer, and is waited for.</summary>
    /// <param name="directory">The container's directory.</param>
    public static Descriptor? TryTake(Descriptor directory)
    {
        var taken = FileSystem.Open(directory.Number, "monitor.lock", OpenFlags.ReadWrite | OpenFlags.Create, mode: 0b110_000_000);
        while (!FileLock.TryTake(taken.Number))
        {
            if (PacketSockets.IsListening(directory, "control"))
            {
                taken.Dispose();
                return null;
            }

            Cgroups.Pause.For(BetweenAttempts);
        }

        return taken;
    }
}
