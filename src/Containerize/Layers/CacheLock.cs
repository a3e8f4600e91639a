namespace Containerize.Layers;

/// <summary>Turns between processes that would do the same work: a lock of the kernel on an open file, gone with its process.</summary>
/// <remarks>Nothing depends on it but time: where it cannot be had, work is done twice.</remarks>
internal static class CacheLock
{
    // A holder that is stopped (SIGSTOP) or on a hung disk must not stop everybody else.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Waits for the turn; null where there is no locking here or patience ran out.</summary>
    public static FileStream? Wait(string path, out bool waited, CancellationToken cancellationToken)
    {
        waited = false;
        var start = Environment.TickCount64;
        for (var pause = 5; Environment.TickCount64 - start < Patience.TotalMilliseconds; pause = Math.Min(2 * pause, 100))
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (TryTake(path, out var taken))
            {
                case Outcome.Taken:
                    return taken;
                case Outcome.Impossible:
                    return null;
                default:
                    waited = true;
                    cancellationToken.WaitHandle.WaitOne(pause);
                    break;
            }
        }

        return null;
    }

    /// <summary>Takes a lock if it is free; null where it is held or cannot be had.</summary>
    public static FileStream? TryTake(string path) => TryTake(path, out var taken) == Outcome.Taken ? taken : null;

    private static Outcome TryTake(string path, out FileStream? taken)
    {
        taken = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            taken = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            return Outcome.Taken;
        }
        catch (IOException e) when (IsHeld(e))
        {
            return Outcome.Held;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Outcome.Impossible;
        }
    }

    // EWOULDBLOCK of flock (Linux 11, macOS 35) and ERROR_SHARING_VIOLATION, as FileStream reports them.
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 || (OperatingSystem.IsWindows() && (e.HResult & 0xFFFF) == 32);

    private enum Outcome
    {
        Taken,
        Held,
        Impossible,
    }
}
