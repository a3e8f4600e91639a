using System.Text;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>The container's own pseudo-terminal (pts(4)).</summary>
internal static unsafe class Terminal
{
    private const uint DevPtsMagic = 0x1CD1;
    private const int SetLock = 0x4004_5431;
    private const int GetPeer = 0x5441;
    private const int SetWindowSize = 0x5414;
    private const int SetControlling = 0x540E;

    /// <summary>Makes a pseudo-terminal of the container's devpts, hands its master to the console socket, and returns the slave.</summary>
    /// <param name="console">The connected console socket.</param>
    /// <param name="size">The size; null: as it is.</param>
    public static Descriptor Make(int console, ConsoleSize? size)
    {
        const int Open = OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal;
        using var root = FileSystem.Open(Descriptor.WorkingDirectory, "/", OpenFlags.PathOnly | OpenFlags.Directory);
        using var master = FileSystem.Open(root.Number, "dev/pts/ptmx", Open, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks);
        // Not what an image has put there (CVE-2025-52565): the slave comes from the master itself, never by a path.
        if (FileSystem.Magic(master.Number) != DevPtsMagic)
        {
            throw new SyscallException("openat2", "/dev/pts/ptmx, which is not of a devpts", Errno.ENOTTY);
        }

        var unlocked = 0;
        Syscall.Check(Syscall.Try(SyscallNumber.Ioctl, master.Number, SetLock, (nint)(&unlocked)), "ioctl", "TIOCSPTLCK");
        var slave = new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.Ioctl, master.Number, GetPeer, Open | OpenFlags.CloseOnExec), "ioctl", "TIOCGPTPEER"));
        if (size is { Height: > 0, Width: > 0 })
        {
            var window = stackalloc ushort[4] { (ushort)size.Height, (ushort)size.Width, 0, 0 };
            Syscall.Check(Syscall.Try(SyscallNumber.Ioctl, slave.Number, SetWindowSize, (nint)window), "ioctl", "TIOCSWINSZ");
        }

        Sockets.Send(console, Encoding.UTF8.GetBytes("/dev/ptmx"), [master.Number]);
        return slave;
    }

    /// <summary>The master that <see cref="Make"/> has sent.</summary>
    public static Descriptor Receive(int console)
    {
        Span<byte> name = stackalloc byte[256];
        Sockets.Receive(console, name, out var master);
        return master ?? throw Failure.Of(6003, "receiving the container's terminal", "none came");
    }

    /// <summary>Makes the slave our standard streams and our controlling terminal; we are a session's first process.</summary>
    public static void Take(int slave)
    {
        for (var standard = 0; standard < 3; standard++)
        {
            Syscall.Check(Syscall.Try(SyscallNumber.Dup3, slave, standard, 0), "dup3", "the terminal");
        }

        Syscall.Check(Syscall.Try(SyscallNumber.Ioctl, 0, SetControlling, 0), "ioctl", "TIOCSCTTY");
    }
}
