using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)).</summary>
/// <param name="Root">What of the filesystem is seen.</param>
/// <param name="Path">Where.</param>
/// <param name="Type">The filesystem's type.</param>
internal sealed record MountLine(string Root, string Path, string Type)
{
    /// <summary>Reads the lines; those that are not of the known form are left out.</summary>
    public static List<MountLine> Parse(string text)
    {
        var lines = new List<MountLine>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (separator >= 6 && fields.Length > separator + 1)
            {
                lines.Add(new MountLine(MountInfo.Unescape(fields[3]), MountInfo.Unescape(fields[4]), fields[separator + 1]));
            }
        }

        return lines;
    }
}
