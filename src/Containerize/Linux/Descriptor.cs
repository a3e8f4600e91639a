namespace Containerize.Linux;

/// <summary>An open file descriptor, close-on-exec, that closes with its owner.</summary>
internal sealed class Descriptor(int number) : IDisposable
{
    /// <summary>AT_FDCWD: relative paths start at the working directory.</summary>
    public const int WorkingDirectory = -100;

    /// <summary>The number; -1 when closed.</summary>
    public int Number { get; private set; } = number;

    /// <summary>Hands the number over to somebody who closes it.</summary>
    public int Release()
    {
        var released = Number;
        Number = -1;
        return released;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Number >= 0)
        {
            Syscall.Try(SyscallNumber.Close, Release());
        }
    }
}
