namespace Containerize.Storage;

/// <summary>The failures of disks: CTZ3011 could not write, CTZ3012 could not read.</summary>
public static class StorageErrors
{
    // ENOSPC as .NET reports it: HResult is the errno on Unix, ERROR_DISK_FULL on Windows.
    private const int NoSpaceUnix = 28;
    private const int NoSpaceWindows = unchecked((int)0x80070070);

    /// <summary>CTZ3011: a file could not be written; a full disk says so.</summary>
    public static ContainerizeException Write(string path, Exception e) =>
        new(
            3011,
            $"writing {path}",
            IsFull(e) ? "the disk is full" : Reason(e),
            IsFull(e)
                ? $"Free some space on the file system of {Path.GetDirectoryName(path)}, or put it elsewhere; nothing is left half."
                : "Check the folder's owner and permissions; nothing is left half.",
            e);

    /// <summary>CTZ3012: a file could not be read.</summary>
    public static ContainerizeException Read(string path, Exception e) =>
        new(3012, $"reading {path}", Reason(e), "Check that it exists and that you may read it.", e);

    private static bool IsFull(Exception e) => e.HResult is NoSpaceUnix or NoSpaceWindows;

    private static string Reason(Exception e) => e.Message.TrimEnd('.');
}
