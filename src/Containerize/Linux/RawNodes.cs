namespace Containerize.Linux;

/// <summary>Files and directories whose names are bytes, as archives have them: each named by its directory's descriptor and one name.</summary>
/// <remarks>Each call gives the error number below zero where it fails; none follows a link in the last part of a name.</remarks>
internal static unsafe class RawNodes
{
    private const int NoFollow = 0x100;

    /// <summary>Opens with openat2(2), close-on-exec, and never through a link at the end.</summary>
    /// <param name="directory">Where a relative path starts.</param>
    /// <param name="path">The path; empty for the directory itself.</param>
    /// <param name="flags">Of <see cref="OpenFlags"/>.</param>
    /// <param name="resolve">How the path is resolved.</param>
    /// <param name="mode">The permissions of a file that is made.</param>
    public static nint TryOpen(int directory, ReadOnlySpan<byte> path, int flags, ResolveFlags resolve, uint mode = 0)
    {
        using var text = new NativeText(path.IsEmpty ? "."u8 : path);
        // struct open_how: flags, mode, resolve.
        var how = stackalloc ulong[3] { (ulong)(uint)(flags | OpenFlags.CloseOnExec), mode, (ulong)resolve };
        nint result;
        do
        {
            // EAGAIN: something on the path was renamed meanwhile (openat2(2)).
            result = Syscall.Try(SyscallNumber.Openat2, directory, text.Address, (nint)how, 24);
        }
        while (result == -Errno.EAGAIN);
        return result;
    }

    /// <summary>Makes a regular file that was not there and opens it for writing.</summary>
    public static nint TryCreate(int directory, ReadOnlySpan<byte> name, uint mode)
    {
        using var text = new NativeText(name);
        var flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.CloseOnExec;
        return Syscall.Try(SyscallNumber.Openat, directory, text.Address, flags, (nint)mode);
    }

    /// <summary>Makes a directory.</summary>
    public static nint TryMakeDirectory(int directory, ReadOnlySpan<byte> name, uint mode)
    {
        using var text = new NativeText(name);
        return Syscall.Try(SyscallNumber.Mkdirat, directory, text.Address, (nint)mode);
    }

    /// <summary>Makes a device or FIFO; type and permissions in <paramref name="mode"/>.</summary>
    public static nint TryMakeNode(int directory, ReadOnlySpan<byte> name, uint mode, uint device)
    {
        using var text = new NativeText(name);
        return Syscall.Try(SyscallNumber.Mknodat, directory, text.Address, (nint)mode, (nint)device);
    }

    /// <summary>Makes a symbolic link.</summary>
    public static nint TryMakeLink(ReadOnlySpan<byte> target, int directory, ReadOnlySpan<byte> name)
    {
        using var targetText = new NativeText(target);
        using var text = new NativeText(name);
        return Syscall.Try(SyscallNumber.Symlinkat, targetText.Address, directory, text.Address);
    }

    /// <summary>Gives a file, or a link itself, a second name.</summary>
    public static nint TryMakeHardLink(int fromDirectory, ReadOnlySpan<byte> from, int directory, ReadOnlySpan<byte> name)
    {
        using var fromText = new NativeText(from);
        using var text = new NativeText(name);
        return Syscall.Try(SyscallNumber.Linkat, fromDirectory, fromText.Address, directory, text.Address, 0);
    }

    /// <summary>Removes a file, or a directory that is empty.</summary>
    public static nint TryRemove(int directory, ReadOnlySpan<byte> name, bool isDirectory)
    {
        const int RemoveDirectory = 0x200;
        using var text = new NativeText(name);
        return Syscall.Try(SyscallNumber.Unlinkat, directory, text.Address, isDirectory ? RemoveDirectory : 0);
    }

    /// <summary>Gives it another name, which nothing may have yet.</summary>
    public static nint TryMove(int fromDirectory, ReadOnlySpan<byte> from, int directory, ReadOnlySpan<byte> name)
    {
        const int NoReplace = 1;
        using var fromText = new NativeText(from);
        using var text = new NativeText(name);
        return Syscall.Try(SyscallNumber.Renameat2, fromDirectory, fromText.Address, directory, text.Address, NoReplace);
    }

    /// <summary>Changes the owner.</summary>
    public static nint TryChangeOwner(int directory, ReadOnlySpan<byte> name, uint owner, uint group)
    {
        using var text = new NativeText(name);
        return Syscall.Try(SyscallNumber.Fchownat, directory, text.Address, (nint)owner, (nint)group, NoFollow);
    }

    /// <summary>Changes the owner of an open file.</summary>
    public static nint TryChangeOwner(int descriptor, uint owner, uint group) =>
        Syscall.Try(SyscallNumber.Fchown, descriptor, (nint)owner, (nint)group);

    /// <summary>Changes the permissions of an open file.</summary>
    public static nint TryChangeMode(int descriptor, uint mode) => Syscall.Try(SyscallNumber.Fchmod, descriptor, (nint)mode);

    /// <summary>Changes the permissions of what a descriptor stands for that was opened with O_PATH.</summary>
    public static nint TryChangeModeOfPath(int descriptor, uint mode)
    {
        using var text = new NativeText($"/proc/self/fd/{descriptor}");
        return Syscall.Try(SyscallNumber.Fchmodat, Descriptor.WorkingDirectory, text.Address, (nint)mode);
    }

    /// <summary>Changes when it was read and written: seconds and nanoseconds, twice.</summary>
    public static nint TryChangeTimes(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<long> times)
    {
        using var text = new NativeText(name);
        fixed (long* at = times)
        {
            return Syscall.Try(SyscallNumber.Utimensat, directory, text.Address, (nint)at, NoFollow);
        }
    }

    /// <summary>Changes the times of an open file.</summary>
    public static nint TryChangeTimes(int descriptor, ReadOnlySpan<long> times)
    {
        fixed (long* at = times)
        {
            return Syscall.Try(SyscallNumber.Utimensat, descriptor, 0, (nint)at, 0);
        }
    }

    /// <summary>Sets an attribute of an open file (xattr(7)).</summary>
    public static nint TrySetAttribute(int descriptor, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        using var text = new NativeText(attribute);
        fixed (byte* at = value)
        {
            return Syscall.Try(SyscallNumber.Fsetxattr, descriptor, text.Address, (nint)at, value.Length, 0);
        }
    }

    /// <summary>Sets an attribute of what cannot be opened: a link, a device, a FIFO.</summary>
    public static nint TrySetAttribute(int directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        // There is no call with a directory's descriptor before Linux 6.13 (setxattrat(2)); the directory's own is held meanwhile.
        byte[] path = [.. System.Text.Encoding.ASCII.GetBytes($"/proc/self/fd/{directory}/"), .. name];
        using var pathText = new NativeText(path);
        using var text = new NativeText(attribute);
        fixed (byte* at = value)
        {
            return Syscall.Try(SyscallNumber.Lsetxattr, pathText.Address, text.Address, (nint)at, value.Length, 0);
        }
    }

    /// <summary>What a symbolic link points to that a descriptor stands for.</summary>
    /// <exception cref="SyscallException">It is none.</exception>
    public static byte[] ReadLink(int descriptor)
    {
        const int MostBytes = 4096;
        using var none = new NativeText("");
        var buffer = new byte[MostBytes];
        fixed (byte* at = buffer)
        {
            return buffer[..(int)Syscall.Check(Syscall.Try(SyscallNumber.Readlinkat, descriptor, none.Address, (nint)at, MostBytes), "readlinkat")];
        }
    }

    /// <summary>The names of the attributes of what a descriptor stands for, however it was opened; empty where the filesystem has none.</summary>
    public static List<byte[]> AttributeNames(int descriptor)
    {
        var names = new List<byte[]>();
        var list = Attribute(descriptor, []);
        foreach (var name in list.AsSpan().Split((byte)0))
        {
            if (list[name].Length > 0)
            {
                names.Add(list[name]);
            }
        }

        return names;
    }

    /// <summary>The value of an attribute; without a name: the list of the names, each with its zero. Empty where there is none.</summary>
    public static byte[] Attribute(int descriptor, ReadOnlySpan<byte> attribute)
    {
        // The calls with a descriptor refuse one of O_PATH (open(2)); the link of proc leads to the node itself, also where that is a link.
        const int MostBytes = 65536;
        using var path = new NativeText($"/proc/self/fd/{descriptor}");
        using var text = new NativeText(attribute);
        var buffer = new byte[MostBytes];
        fixed (byte* at = buffer)
        {
            var size = attribute.IsEmpty
                ? Syscall.Try(SyscallNumber.Listxattr, path.Address, (nint)at, MostBytes)
                : Syscall.Try(SyscallNumber.Getxattr, path.Address, text.Address, (nint)at, MostBytes);
            return size < 0 ? [] : buffer[..(int)size];
        }
    }

    /// <summary>Writes all of it; zero, or the error number below zero.</summary>
    public static nint TryWriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var written = FileSystem.TryWrite(descriptor, bytes);
            if (written < 0)
            {
                return written;
            }

            bytes = bytes[(int)written..];
        }

        return 0;
    }

    /// <summary>The names in a directory that is open for reading, without "." and "..".</summary>
    /// <exception cref="SyscallException">They cannot be read.</exception>
    public static List<byte[]> ReadNames(int directory)
    {
        const int BufferSize = 32768;
        var names = new List<byte[]>();
        var buffer = new byte[BufferSize];
        // It may have been read before.
        Syscall.Check(Syscall.Try(SyscallNumber.Lseek, directory, 0, 0), "lseek");
        while (true)
        {
            int read;
            fixed (byte* at = buffer)
            {
                read = (int)Syscall.Check(Syscall.Try(SyscallNumber.Getdents64, directory, (nint)at, BufferSize), "getdents64");
            }

            if (read == 0)
            {
                return names;
            }

            // struct linux_dirent64: inode, offset, length of the record, type, name.
            for (var start = 0; start < read;)
            {
                var length = BitConverter.ToUInt16(buffer, start + 16);
                var name = buffer.AsSpan(start + 19, length - 19);
                name = name[..name.IndexOf((byte)0)];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    names.Add(name.ToArray());
                }

                start += length;
            }
        }
    }
}
