using System.Runtime.Versioning;

namespace Containerize.Testing;

/// <summary>A tool in a package of another user's, made executable for this one.</summary>
[UnsupportedOSPlatform("windows")]
internal static class ToolCopy
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The copy, in this user's cache: the program itself, and links to what is beside it.</summary>
    internal static string Of(string program)
    {
        var source = Path.GetDirectoryName(program)!;
        var version = typeof(ToolCopy).Assembly.GetName().Version!;
        var target = Directory.CreateDirectory(Path.Combine(UserCache.Folder, $"tool-{version}-{UserCache.KeyOf(source)}")).FullName;
        foreach (var folder in Directory.EnumerateDirectories(source))
        {
            var link = Path.Combine(target, Path.GetFileName(folder));
            if (!Directory.Exists(link))
            {
                Replace(link, temporary => Directory.CreateSymbolicLink(temporary, folder));
            }
        }

        var copy = Path.Combine(target, Path.GetFileName(program));
        if (File.GetLastWriteTimeUtc(copy) != File.GetLastWriteTimeUtc(program))
        {
            // Written last: who finds it finds the rest.
            Replace(copy, temporary =>
            {
                File.Copy(program, temporary);
                File.SetUnixFileMode(temporary, Executable);
            });
        }

        return copy;
    }

    private static void Replace(string path, Action<string> make)
    {
        var temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        make(temporary);
        File.Move(temporary, path, overwrite: true);
    }
}
