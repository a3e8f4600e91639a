using System.Globalization;
using Containerize.Containers.Options;
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

        return text is "0s" or "0m" or "0h" ? now : now - Duration(option, text);
    }

    private static TimeSpan Duration(string option, string text)
    {
        const long Tick = 100;
        try
        {
            return TimeSpan.FromTicks(GoDuration.Parse(option, text) / Tick);
        }
        catch (ContainerizeException e) when (e.Number == 1010)
        {
            throw OptionErrors.Wrong(option, text, "it is neither a time nor a duration", "Write a time such as 2026-01-31T08:00:00 or 2026-01-31, or how long ago it is, such as 10m or 1h30m.");
        }
    }
}
