using System.Globalization;

namespace Containerize.Planning;

/// <summary>Durations as Dockerfiles have them (Go's time.ParseDuration): <c>30s</c>, <c>1m30s</c>, <c>500ms</c>.</summary>
public static class GoDuration
{
    private static readonly (string Unit, double Nanoseconds)[] Units =
        [("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9)];

    /// <summary>The duration in nanoseconds; CTZ1010 for another text.</summary>
    public static long Parse(string setting, string value) =>
        TryParse(value) is { } total and > 0 and < long.MaxValue
            ? (long)total
            : throw SettingErrors.Wrong(setting, value, "it is not a duration above zero", "Write numbers with units, for example 30s, 1m30s or 500ms.");

    /// <summary>The duration in nanoseconds, 0 for no text; null for one that is none.</summary>
    internal static double? TryParse(string value)
    {
        var total = 0.0;
        var rest = value.AsSpan();
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('.', '9');
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            rest = rest[digits..];
            var length = rest.IndexOfAnyInRange('0', '9');
            var unit = (length < 0 ? rest : rest[..length]).ToString();
            var known = Array.FindIndex(Units, u => u.Unit == unit);
            if (known < 0)
            {
                return null;
            }

            total += number * Units[known].Nanoseconds;
            rest = rest[unit.Length..];
        }

        return total;
    }
}
