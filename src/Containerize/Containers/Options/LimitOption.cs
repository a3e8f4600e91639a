using System.Globalization;
using Containerize.Oci.Runtime;

namespace Containerize.Containers.Options;

/// <summary>Reads <c>--ulimit NAME=SOFT[:HARD]</c>; -1 is without limit.</summary>
public static class LimitOption
{
    private static readonly string[] Names =
        ["as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack"];

    /// <summary>The limit; CTZ5020 for another text.</summary>
    public static RlimitSpec Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? text : text[..equals].ToLowerInvariant();
        var values = equals < 0 ? [] : text[(equals + 1)..].Split(':');
        if (!Names.Contains(name) || values.Length is < 1 or > 2)
        {
            throw OptionErrors.Wrong("--ulimit", text, "it is not a limit", $"Write NAME=SOFT[:HARD], the name one of {string.Join(", ", Names)}.");
        }

        var soft = Number(text, values[0]);
        var hard = values.Length == 1 ? soft : Number(text, values[1]);
        return soft <= hard
            ? new RlimitSpec { Type = "RLIMIT_" + name.ToUpperInvariant(), Soft = soft, Hard = hard }
            : throw OptionErrors.Wrong("--ulimit", text, "the soft limit is above the hard one", "Write NAME=SOFT:HARD, the smaller first.");
    }

    private static ulong Number(string text, string value) =>
        value is "-1" or "unlimited" ? ulong.MaxValue
        : ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw OptionErrors.Wrong("--ulimit", text, $"'{value}' is not a number", "Write for example nofile=1024:4096.");
}
