namespace Containerize.Runtime.Linux;

/// <summary>Locks of files, which go with whoever has them (flock(2)).</summary>
internal static class FileLock
{
    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int Now = 4;

    /// <summary>Opens a file, makes it where there is none, and waits until it is ours alone.</summary>
    public static Descriptor Take(string path)
    {
        var file = FileSystem.Open(Descriptor.WorkingDirectory, path, OpenFlags.ReadWrite | OpenFlags.Create, ResolveFlags.None, 0b110_000_000);
        try
        {
            Syscall.Check(Syscall.Try(SyscallNumber.Flock, file.Number, Exclusive), "flock", path);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Takes one if that is possible at once; false where somebody else has it.</summary>
    public static bool TryTake(int file) => Syscall.Try(SyscallNumber.Flock, file, Exclusive | Now) == 0;

    /// <summary>Whether somebody else has it.</summary>
    public static bool IsTaken(int file) => Syscall.Try(SyscallNumber.Flock, file, Shared | Now) == -Errno.EAGAIN;
}
