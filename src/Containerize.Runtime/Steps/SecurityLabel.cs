
namespace Containerize.Runtime.Steps;

/// <summary>The SELinux label of mounts (config-linux.md, mountLabel).</summary>
internal static class SecurityLabel
{
    /// <summary>A filesystem's options with the label in them; where there is no label, or SELinux is not enabled, as they are.</summary>
    public static string Add(string data, string? label)
    {
        if (string.IsNullOrEmpty(label) || !IsEnabled())
        {
            return data;
        }

        // Quoted, as the label's own categories are separated by commas.
        return $"{data}{(data.Length == 0 ? "" : ",")}context=\"{label}\"";
    }

    private static bool IsEnabled()
    {
        const uint SelinuxMagic = 0xF97CFF8C;
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, "/sys/fs/selinux", OpenFlags.PathOnly | OpenFlags.Directory);
        if (opened < 0)
        {
            return false;
        }

        using var directory = new Descriptor((int)opened);
        return FileSystem.Magic(directory.Number) == SelinuxMagic;
    }
}
