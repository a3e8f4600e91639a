using System.Runtime.InteropServices;
using System.Text;

namespace Containerize.Layers;

/// <summary>The names in a folder as bytes, for those that are not UTF-8: .NET shows U+FFFD for their bytes and then cannot open them.</summary>
internal static partial class RawNames
{
    // struct dirent of 64-bit Linux, glibc and musl alike: d_ino 8, d_off 8, d_reclen 2, d_type 1, d_name.
    private const int NameOffset = 19;

    /// <summary>CTZ2005 for a path that contains U+FFFD and does not exist; shows the bytes of the name where they can be had.</summary>
    public static ContainerizeException NotUtf8(string path)
    {
        // The part that is wrong may be a folder above.
        while (Path.GetDirectoryName(path) is { Length: > 0 } above && !Path.Exists(above))
        {
            path = above;
        }

        var directory = Path.GetDirectoryName(path) ?? "/";
        var name = Path.GetFileName(path);
        return LayerErrors.NotUtf8(directory, Escaped(directory, name) ?? name);
    }

    private static string? Escaped(string directory, string name)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return null;
        }

        var handle = OpenDirectory(directory);
        if (handle == 0)
        {
            return null;
        }

        try
        {
            for (var entry = ReadDirectory(handle); entry != 0; entry = ReadDirectory(handle))
            {
                var bytes = NameOf(entry);
                if (Encoding.UTF8.GetString(bytes) == name && !System.Text.Unicode.Utf8.IsValid(bytes))
                {
                    return string.Concat(bytes.ToArray().Select(b => b is > 0x1f and < 0x7f ? ((char)b).ToString() : $"\\x{b:x2}"));
                }
            }

            return null;
        }
        finally
        {
            _ = CloseDirectory(handle);
        }
    }

    private static unsafe ReadOnlySpan<byte> NameOf(nint entry) =>
        MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)entry + NameOffset);

    [LibraryImport("libc", EntryPoint = "opendir", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenDirectory(string path);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial nint ReadDirectory(nint handle);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseDirectory(nint handle);
}
