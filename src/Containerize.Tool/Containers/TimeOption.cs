using System.Globalization;
using Containerize.Planning;

namespace Containerize.Tool.Containers;

/// <summary>Times as docker takes them: a date, seconds since 1970, or a duration back from now.</summary>
internal static class TimeOption
{
    internal static DateTimeOffset Parse(string option, string text, DateTimeOffset now)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < 1e11)
        {
            return DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000));
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time))
        {
            return time;
        }

        const long Tick = 100;
        return text is "0s" or "0m" or "0h" ? now : now - TimeSpan.FromTicks(GoDuration.Parse(option, text) / Tick);
    }
}
