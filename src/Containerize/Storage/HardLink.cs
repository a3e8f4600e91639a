using System.Runtime.InteropServices;

namespace Containerize.Storage;

/// <summary>Hard links, which .NET 10 cannot make: one call per operating system.</summary>
internal static partial class HardLink
{
    /// <summary>Makes a second name of a file; false where the file system refuses or the name is taken.</summary>
    public static bool TryCreate(string existing, string link) =>
        OperatingSystem.IsWindows() ? CreateHardLink(link, existing, 0) : Link(existing, link) == 0;

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string link);

    [LibraryImport("kernel32.dll", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string link, string existing, nint attributes);
}
