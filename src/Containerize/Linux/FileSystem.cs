using System.Buffers.Binary;
using System.Text;

namespace Containerize.Linux;

/// <summary>Files and directories by descriptor: each call names its starting directory, and <see cref="Open"/> how the path is resolved.</summary>
internal static unsafe class FileSystem
{
    [ThreadStatic]
    private static byte[]? Buffer;

    /// <summary>Opens a file with openat2(2), close-on-exec.</summary>
    /// <param name="directory">Where a relative path starts.</param>
    /// <param name="path">The path.</param>
    /// <param name="flags">Of <see cref="OpenFlags"/>.</param>
    /// <param name="resolve">How the path is resolved.</param>
    /// <param name="mode">The permissions of a file that is made.</param>
    /// <exception cref="SyscallException">It cannot be opened.</exception>
    public static Descriptor Open(int directory, string path, int flags, ResolveFlags resolve = ResolveFlags.None, uint mode = 0) =>
        new((int)Syscall.Check(TryOpen(directory, path, flags, resolve, mode), "openat2", path));

    /// <summary>As <see cref="Open"/>; the descriptor's number or the error number below zero.</summary>
    public static nint TryOpen(int directory, string path, int flags, ResolveFlags resolve = ResolveFlags.None, uint mode = 0)
    {
        using var text = new NativeText(path);
        // struct open_how: flags, mode, resolve.
        var how = stackalloc ulong[3] { (ulong)(uint)(flags | OpenFlags.CloseOnExec), mode, (ulong)resolve };
        nint result;
        do
        {
            // EAGAIN: something on the path was renamed meanwhile (openat2(2)).
            result = Syscall.Try(SyscallNumber.Openat2, directory, text.Address, (nint)how, 24);
        }
        while (result == -Errno.EAGAIN && resolve != ResolveFlags.None && (flags & OpenFlags.NonBlocking) == 0);
        return result;
    }

    /// <summary>Makes a directory.</summary>
    public static void MakeDirectory(int directory, string path, uint mode) =>
        Syscall.Check(TryMakeDirectory(directory, path, mode), "mkdirat", path);

    /// <summary>Makes a directory; the error number below zero where that fails.</summary>
    public static nint TryMakeDirectory(int directory, string path, uint mode)
    {
        using var text = new NativeText(path);
        return Syscall.Try(SyscallNumber.Mkdirat, directory, text.Address, (nint)mode);
    }

    /// <summary>Makes an empty file in a directory; the error number below zero where that fails.</summary>
    public static nint TryMakeFile(int directory, string name, uint mode)
    {
        const ResolveFlags OneStep = ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks;
        var made = TryOpen(directory, name, OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, OneStep, mode);
        if (made < 0)
        {
            return made;
        }

        new Descriptor((int)made).Dispose();
        return 0;
    }

    /// <summary>Removes a file, or a directory that is empty; the error number below zero where that fails.</summary>
    public static nint TryRemove(int directory, string path, bool isDirectory)
    {
        const int RemoveDirectory = 0x200;
        using var text = new NativeText(path);
        return Syscall.Try(SyscallNumber.Unlinkat, directory, text.Address, isDirectory ? RemoveDirectory : 0);
    }

    /// <summary>Reads to the end; at most so many bytes, then EOVERFLOW.</summary>
    public static byte[] ReadToEnd(int descriptor, int most, string name)
    {
        var content = Array.Empty<byte>();
        var size = 0;
        while (true)
        {
            // One buffer for all: what is allocated is memory that was never touched before, and a page fault is what costs here.
            Buffer ??= new byte[4096];
            int read;
            fixed (byte* at = Buffer)
            {
                read = (int)Syscall.Check(Syscall.Try(SyscallNumber.Read, descriptor, (nint)at, Buffer.Length), "read", name);
            }

            if (read == 0)
            {
                Array.Resize(ref content, size);
                return content;
            }

            if (size + read > most)
            {
                throw new SyscallException("read", name, Errno.EOVERFLOW);
            }

            if (size + read > content.Length)
            {
                Array.Resize(ref content, size == 0 ? read : Math.Max(size + read, 2 * content.Length));
            }

            Buffer.AsSpan(0, read).CopyTo(content.AsSpan(size));
            size += read;
        }
    }

    /// <summary>Reads a small text file of the kernel's (proc, sysfs, cgroup) to its end.</summary>
    public static string ReadText(int directory, string path, ResolveFlags resolve = ResolveFlags.None)
    {
        using var file = Open(directory, path, OpenFlags.ReadOnly, resolve);
        return Encoding.UTF8.GetString(ReadToEnd(file.Number, 16 * 1024 * 1024, path));
    }

    /// <summary>Writes a text in one call, as the kernel's own files want it; the error number below zero where that fails.</summary>
    public static nint TryWriteText(int directory, string path, string text, ResolveFlags resolve = ResolveFlags.None)
    {
        var opened = TryOpen(directory, path, OpenFlags.WriteOnly, resolve);
        if (opened < 0)
        {
            return opened;
        }

        using var file = new Descriptor((int)opened);
        return TryWrite(file.Number, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Writes a text in one call, as the kernel's own files want it.</summary>
    public static void WriteText(int directory, string path, string text, ResolveFlags resolve = ResolveFlags.None) =>
        Syscall.Check(TryWriteText(directory, path, text, resolve), "write", path);

    /// <summary>One write; the number of bytes, or the error number below zero.</summary>
    public static nint TryWrite(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes)
        {
            return Syscall.Try(SyscallNumber.Write, descriptor, (nint)at, bytes.Length);
        }
    }

    /// <summary>What a symbolic link points to.</summary>
    public static string ReadLink(int directory, string path)
    {
        using var text = new NativeText(path);
        var buffer = stackalloc byte[4096];
        var size = (int)Syscall.Check(Syscall.Try(SyscallNumber.Readlinkat, directory, text.Address, (nint)buffer, 4096), "readlinkat", path);
        return Encoding.UTF8.GetString(buffer, size);
    }

    /// <summary>Writes a file as a whole: beside it first, then in its place.</summary>
    public static void Replace(int directory, string path, ReadOnlySpan<byte> content, uint mode)
    {
        WriteBeside(directory, path, content, mode);
        PutInPlace(directory, path);
    }

    /// <summary>The first half of <see cref="Replace"/>: what will be the file is written, and is not it yet.</summary>
    public static void WriteBeside(int directory, string path, ReadOnlySpan<byte> content, uint mode)
    {
        using var file = Open(directory, Beside(path), OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate | OpenFlags.NoFollow, ResolveFlags.None, mode);
        while (content.Length > 0)
        {
            content = content[(int)Syscall.Check(TryWrite(file.Number, content), "write", path)..];
        }
    }

    /// <summary>The second half: what <see cref="WriteBeside"/> has written is the file.</summary>
    public static void PutInPlace(int directory, string path)
    {
        // ext4 writes a file that takes another's place to the disk at once (auto_da_alloc, ext4(5)), and whoever removes it waits for that. Two that
        // change places it leaves alone: a state does not outlive the machine's.
        const int Exchange = 2;
        using var from = new NativeText(Beside(path));
        using var to = new NativeText(path);
        if (Syscall.Try(SyscallNumber.Renameat2, directory, from.Address, directory, to.Address, Exchange) == 0)
        {
            TryRemove(directory, Beside(path), isDirectory: false);
            return;
        }

        // There is none yet, or the filesystem knows no exchange.
        Syscall.Check(Syscall.Try(SyscallNumber.Renameat2, directory, from.Address, directory, to.Address, 0), "rename", path);
    }

    /// <summary>The name under which a file is written before it is in its place.</summary>
    public static string Beside(string path) => path + ".tmp";

    /// <summary>The magic number of the filesystem that a file is on (statfs(2)).</summary>
    public static uint Magic(int descriptor)
    {
        // struct statfs is 120 bytes and begins with the type, on both architectures a long.
        var buffer = stackalloc byte[120];
        Syscall.Check(Syscall.Try(SyscallNumber.Fstatfs, descriptor, (nint)buffer), "fstatfs");
        return BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(buffer, 4));
    }
}
