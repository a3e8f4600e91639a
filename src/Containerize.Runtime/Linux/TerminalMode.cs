namespace Containerize.Runtime.Linux;

/// <summary>The mode of a terminal (termios(3)), put back when we are done.</summary>
internal sealed unsafe class TerminalMode : IDisposable
{
    private const int Get = 0x5401;
    private const int Set = 0x5402;
    private const int Size = 60;
    private readonly int _descriptor;
    private readonly byte[]? _before;

    private TerminalMode(int descriptor, byte[]? before)
    {
        _descriptor = descriptor;
        _before = before;
    }

    /// <summary>Raw mode: every key goes through as it is. What is no terminal stays as it is.</summary>
    public static TerminalMode Raw(int descriptor)
    {
        var mode = new byte[Size];
        fixed (byte* at = mode)
        {
            if (Syscall.Try(SyscallNumber.Ioctl, descriptor, Get, (nint)at) < 0)
            {
                return new TerminalMode(descriptor, null);
            }

            var before = (byte[])mode.Clone();
            // struct termios: input, output, control and local flags, the line discipline, the control characters. As cfmakeraw(3).
            var flags = (uint*)at;
            flags[0] &= ~0x5EBu;
            flags[1] &= ~1u;
            flags[2] = (flags[2] & ~0x130u) | 0x30u;
            flags[3] &= ~0x804Bu;
            at[17 + 6] = 1;
            at[17 + 5] = 0;
            Syscall.Try(SyscallNumber.Ioctl, descriptor, Set, (nint)at);
            return new TerminalMode(descriptor, before);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_before is not null)
        {
            fixed (byte* at = _before)
            {
                Syscall.Try(SyscallNumber.Ioctl, _descriptor, Set, (nint)at);
            }
        }
    }
}
