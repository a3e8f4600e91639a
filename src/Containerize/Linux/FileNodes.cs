using System.Text;

namespace Containerize.Linux;

/// <summary>Nodes, links, owners and entries of directories, each named by its directory's descriptor and one name.</summary>
internal static unsafe class FileNodes
{
    private const int EmptyPath = 0x1000;

    /// <summary>Makes a node (mknod(2)); the error number below zero where that fails.</summary>
    /// <param name="directory">Its directory.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="mode">Type and permissions.</param>
    /// <param name="device">The number of a device.</param>
    public static nint TryMake(int directory, string name, uint mode, uint device)
    {
        using var text = new NativeText(name);
        return Syscall.Try(SyscallNumber.Mknodat, directory, text.Address, (nint)mode, (nint)device);
    }

    /// <summary>Makes a symbolic link; the error number below zero where that fails.</summary>
    public static nint TryLink(string target, int directory, string name)
    {
        using var targetText = new NativeText(target);
        using var text = new NativeText(name);
        return Syscall.Try(SyscallNumber.Symlinkat, targetText.Address, directory, text.Address);
    }

    /// <summary>Changes the owner of what a descriptor stands for.</summary>
    public static void ChangeOwner(int descriptor, uint owner, uint group, string name)
    {
        using var none = new NativeText("");
        Syscall.Check(Syscall.Try(SyscallNumber.Fchownat, descriptor, none.Address, (nint)owner, (nint)group, EmptyPath), "fchownat", name);
    }

    /// <summary>Changes the permissions of an open file.</summary>
    public static void ChangeMode(int descriptor, uint mode, string name) =>
        Syscall.Check(Syscall.Try(SyscallNumber.Fchmod, descriptor, (nint)mode), "fchmod", name);

    /// <summary>Sets the times of an open file, as <see cref="FileStatus.Times"/> has them.</summary>
    public static void ChangeTimes(int descriptor, long[] times, string name)
    {
        fixed (long* at = times)
        {
            Syscall.Check(Syscall.Try(SyscallNumber.Utimensat, descriptor, 0, (nint)at, 0), "utimensat", name);
        }
    }

    /// <summary>The names in a directory that is open for reading, without "." and "..".</summary>
    public static List<string> ReadNames(int directory) => RawNodes.ReadNames(directory).ConvertAll(Encoding.UTF8.GetString);
}
