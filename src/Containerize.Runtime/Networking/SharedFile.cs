using System.Text;

namespace Containerize.Runtime.Networking;

/// <summary>A file that containers have mounted: it is written where it is, as another in its place would not be theirs.</summary>
internal static class SharedFile
{
    private const int MostBytes = 1024 * 1024;

    /// <summary>Writes it.</summary>
    public static void Write(string path, string text)
    {
        const int Flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate;
        using var file = FileSystem.Open(Descriptor.WorkingDirectory, path, Flags, ResolveFlags.None, 0b110_100_100);
        ReadOnlySpan<byte> content = Encoding.UTF8.GetBytes(text);
        while (content.Length > 0)
        {
            content = content[(int)Syscall.Check(FileSystem.TryWrite(file.Number, content), "write", path)..];
        }
    }

    /// <summary>Reads one of the host's; empty where there is none.</summary>
    public static string Read(string path)
    {
        try
        {
            using var file = FileSystem.Open(Descriptor.WorkingDirectory, path, OpenFlags.ReadOnly);
            return Encoding.UTF8.GetString(FileSystem.ReadToEnd(file.Number, MostBytes, path));
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.EACCES)
        {
            return "";
        }
    }
}
