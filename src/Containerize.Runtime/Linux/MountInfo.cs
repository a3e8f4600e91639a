using System.Text;

namespace Containerize.Runtime.Linux;

/// <summary>The form of /proc/PID/mountinfo (proc_pid_mountinfo(5)).</summary>
internal static class MountInfo
{
    /// <summary>A path of a field: space, tab, line feed and backslash are written as a backslash and three octal digits.</summary>
    public static string Unescape(string field)
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
