using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Containerize.Testing;

/// <summary>
/// One line of a dump: type, mode, owner, time, size, start of the content's sha256, path and link target, such as
/// <c>- 0644 0:0 1970-01-01T00:00:01Z 5 2cf24dba5fb0 app/a.txt</c>.
/// </summary>
internal static class DumpLine
{
    public static string Of(char type, int mode, long uid, long gid, DateTimeOffset? time, long size, string content, ReadOnlySpan<byte> path, ReadOnlySpan<byte> link)
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{type} {Convert.ToString(mode, 8).PadLeft(4, '0')} {uid}:{gid} ");
        line.Append(time is { } at ? at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) : "*");
        line.Append(CultureInfo.InvariantCulture, $" {(type == '-' ? size.ToString(CultureInfo.InvariantCulture) : "-")} {content} {Escape(path)}");
        if (type == 'd' && !path.EndsWith("/"u8))
        {
            line.Append('/');
        }

        if (!link.IsEmpty)
        {
            line.Append(CultureInfo.InvariantCulture, $" -> {Escape(link)}");
        }

        return line.ToString();
    }

    public static string HashPrefix(Stream? content)
    {
        return Convert.ToHexStringLower(content is null ? SHA256.HashData([]) : SHA256.HashData(content))[..12];
    }

    private static string Escape(ReadOnlySpan<byte> name)
    {
        var valid = System.Text.Unicode.Utf8.IsValid(name);
        var text = new StringBuilder();
        foreach (var c in valid ? Encoding.UTF8.GetString(name) : Encoding.Latin1.GetString(name))
        {
            if (c == '\\')
            {
                text.Append("\\\\");
            }
            else if (c < ' ' || c == '\x7f' || (!valid && c > '\x7f'))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }
}
