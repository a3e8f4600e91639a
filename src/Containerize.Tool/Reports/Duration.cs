using System.Globalization;

namespace Containerize.Tool.Reports;

/// <summary>Times of a health check for people.</summary>
internal static class Duration
{
    internal static string Of(long nanoseconds)
    {
        var seconds = nanoseconds / 1e9;
        return seconds switch
        {
            >= 60 when seconds % 60 == 0 => $"{(long)(seconds / 60)}m",
            >= 1 => seconds.ToString("0.###", CultureInfo.InvariantCulture) + "s",
            _ => (nanoseconds / 1e6).ToString("0.###", CultureInfo.InvariantCulture) + "ms",
        };
    }
}
