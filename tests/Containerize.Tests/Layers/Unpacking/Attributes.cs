using System.Runtime.InteropServices;

namespace Containerize.Tests.Layers.Unpacking;

/// <summary>Extended attributes, which .NET cannot read.</summary>
internal static partial class Attributes
{
    /// <summary>The value in hexadecimal; null where there is none.</summary>
    public static string? Read(string path, string name)
    {
        var value = new byte[256];
        var length = Get(path, name, value, value.Length);
        return length < 0 ? null : Convert.ToHexString(value, 0, (int)length);
    }

    [LibraryImport("libc", EntryPoint = "lgetxattr", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Get(string path, string name, byte[] value, nint size);
}
