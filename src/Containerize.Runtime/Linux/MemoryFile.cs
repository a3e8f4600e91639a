using System.Text;

namespace Containerize.Runtime.Linux;

/// <summary>Files that are nowhere but in memory (memfd_create(2)).</summary>
internal static class MemoryFile
{
    private const int CloseOnExec = 1;
    private const int AllowSealing = 2;
    private const int Executable = 0x10;

    /// <summary>An empty one.</summary>
    public static Descriptor Create(string name)
    {
        using var text = new NativeText(name);
        return new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.MemfdCreate, text.Address, CloseOnExec), "memfd_create", name));
    }

    /// <summary>One that can be sealed and executed.</summary>
    public static Descriptor CreateExecutable(string name)
    {
        using var text = new NativeText(name);
        var made = Syscall.Try(SyscallNumber.MemfdCreate, text.Address, CloseOnExec | AllowSealing | Executable);
        // Kernels before 6.3 do not know that flag, and make all of them executable.
        made = made == -Errno.EINVAL ? Syscall.Try(SyscallNumber.MemfdCreate, text.Address, CloseOnExec | AllowSealing) : made;
        return new Descriptor((int)Syscall.Check(made, "memfd_create", name));
    }

    /// <summary>One with content, to be read from its beginning.</summary>
    public static Descriptor With(string name, ReadOnlySpan<byte> content)
    {
        var file = Create(name);
        while (content.Length > 0)
        {
            content = content[(int)Syscall.Check(FileSystem.TryWrite(file.Number, content), "write", name)..];
        }

        Syscall.Try(SyscallNumber.Lseek, file.Number, 0, 0);
        return file;
    }

    /// <summary>The last words of what was written to it, on one line.</summary>
    public static string Text(Descriptor file)
    {
        const int Most = 1024;
        var size = (long)Syscall.Try(SyscallNumber.Lseek, file.Number, 0, 2);
        Syscall.Try(SyscallNumber.Lseek, file.Number, (nint)Math.Max(0, size - Most), 0);
        return Encoding.UTF8.GetString(FileSystem.ReadToEnd(file.Number, 2 * Most, "output")).Trim().Replace('\n', ' ');
    }
}
