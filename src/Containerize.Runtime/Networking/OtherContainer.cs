using Containerize.Runtime.Documents;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>The container whose network another one shares.</summary>
internal static class OtherContainer
{
    private const int MostBytes = 1024 * 1024;

    /// <summary>Opens its network namespace; CTZ6071 where it does not run.</summary>
    /// <param name="directory">The other container's directory.</param>
    public static Descriptor OpenNamespace(string directory)
    {
        var doing = $"joining the network of the container {Path.GetFileName(directory)}";
        try
        {
            using var file = FileSystem.Open(Descriptor.WorkingDirectory, Path.Combine(directory, "state.json"), OpenFlags.ReadOnly);
            var status = Bundle.Parse(FileSystem.ReadToEnd(file.Number, MostBytes, "state.json"), doing, RuntimeDocuments.ReadContainerStatus);
            if (!IsWatched(directory) || status.Pid <= 0 || status.Status is not ("running" or "paused"))
            {
                throw NotRunning(doing);
            }

            // Its monitor has not reaped it, so the number is no other's: it ends in the middle of this at worst.
            return FileSystem.Open(Descriptor.WorkingDirectory, $"/proc/{status.Pid}/ns/net", OpenFlags.ReadOnly);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.ESRCH)
        {
            throw NotRunning(doing, e);
        }
    }

    // The monitor has the lock as long as it lives.
    private static bool IsWatched(string directory)
    {
        using var file = FileSystem.Open(Descriptor.WorkingDirectory, Path.Combine(directory, "monitor.lock"), OpenFlags.ReadOnly);
        return FileLock.IsTaken(file.Number);
    }

    private static ContainerizeException NotRunning(string doing, Exception? inner = null) =>
        Failure.Of(6071, doing, "it is not running", "Start it first.", inner);
}
