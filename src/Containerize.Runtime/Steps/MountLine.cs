using System.Text;

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
                lines.Add(new MountLine(Decode(fields[3]), Decode(fields[4]), fields[separator + 1]));
            }
        }

        return lines;
    }

    // Blanks, line ends and backslashes are \ and three octal digits.
    private static string Decode(string field)
    {
        if (!field.Contains('\\'))
        {
            return field;
        }

        var bytes = new List<byte>();
        var source = Encoding.UTF8.GetBytes(field);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] == '\\' && i + 3 < source.Length)
            {
                bytes.Add((byte)(((source[i + 1] - '0') << 6) | ((source[i + 2] - '0') << 3) | (source[i + 3] - '0')));
                i += 3;
            }
            else
            {
                bytes.Add(source[i]);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
