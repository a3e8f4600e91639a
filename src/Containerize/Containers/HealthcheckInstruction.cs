using System.Globalization;
using Containerize.Oci;
using Containerize.Planning;

namespace Containerize.Containers;

/// <summary>A Dockerfile's <c>HEALTHCHECK [--interval=..] [--timeout=..] [--start-period=..] [--start-interval=..] [--retries=..] CMD command</c>, or <c>NONE</c>.</summary>
internal static class HealthcheckInstruction
{
    /// <summary>Reads it; CTZ5020 where it is wrong, CTZ1010 for a time that is none.</summary>
    /// <param name="instruction">The instruction, for messages.</param>
    /// <param name="text">What follows its word.</param>
    public static Healthcheck Read(string instruction, string text)
    {
        var check = new Healthcheck();
        while (text.StartsWith("--", StringComparison.Ordinal))
        {
            var end = text.AsSpan().IndexOfAny(' ', '\t') is var space and > 0 ? space : text.Length;
            check = With(check, instruction, text[2..end]);
            text = text[end..].Trim();
        }

        if (text.Equals("NONE", StringComparison.OrdinalIgnoreCase))
        {
            return new Healthcheck { Test = ["NONE"] };
        }

        if (!text.StartsWith("CMD", StringComparison.OrdinalIgnoreCase) || text[3..].Trim() is not { Length: > 0 } command)
        {
            throw ConfigChange.Wrong(instruction, "neither CMD with a command nor NONE follows", "Write HEALTHCHECK --interval=30s CMD curl -f http://localhost/.");
        }

        return check with { Test = ConfigChange.List(command) is { } list ? ["CMD", .. list] : ["CMD-SHELL", command] };
    }

    private static Healthcheck With(Healthcheck check, string instruction, string option)
    {
        var equals = option.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = equals < 0 ? (option, "") : (option[..equals], option[(equals + 1)..]);
        long Time() => GoDuration.Parse($"--change HEALTHCHECK --{name}", value);
        return name switch
        {
            "interval" => check with { Interval = Time() },
            "timeout" => check with { Timeout = Time() },
            "start-period" => check with { StartPeriod = Time() },
            "start-interval" => check with { StartInterval = Time() },
            "retries" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var retries) => check with { Retries = retries },
            _ => throw ConfigChange.Wrong(instruction, $"'--{option}' is none of its options", "There are --interval, --timeout, --start-period, --start-interval and --retries."),
        };
    }
}
