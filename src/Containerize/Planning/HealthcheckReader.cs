using System.Globalization;
using Containerize.Oci;

namespace Containerize.Planning;

/// <summary>Reads ContainerHealthcheck (a shell command, or NONE), ContainerHealthcheckCommand (a program and its arguments) and their times.</summary>
public static class HealthcheckReader
{
    /// <summary>The health check, or null where none is set; CTZ1010 and CTZ1011 for wrong values.</summary>
    public static Healthcheck? Read(SettingValues values)
    {
        var shell = values["ContainerHealthcheck"];
        var command = values.List("ContainerHealthcheckCommand");
        if (shell is not null && command.Count > 0)
        {
            throw SettingErrors.Conflict(
                "ContainerHealthcheck and ContainerHealthcheckCommand", "both name the check", "Keep the one that is meant; the second needs no shell in the image.");
        }

        var none = string.Equals(shell, "NONE", StringComparison.OrdinalIgnoreCase);
        IReadOnlyList<string>? test =
            none ? ["NONE"]
            : shell is not null ? ["CMD-SHELL", shell]
            : command.Count > 0 ? ["CMD", .. command]
            : null;
        var check = new Healthcheck
        {
            Test = test,
            Interval = Time("ContainerHealthcheckInterval"),
            Timeout = Time("ContainerHealthcheckTimeout"),
            StartPeriod = Time("ContainerHealthcheckStartPeriod"),
            StartInterval = Time("ContainerHealthcheckStartInterval"),
            Retries = Retries(values["ContainerHealthcheckRetries"]),
        };
        if (check == new Healthcheck())
        {
            return null;
        }

        return test is null || none && check != new Healthcheck { Test = test }
            ? throw SettingErrors.Conflict(
                "ContainerHealthcheck...",
                none ? "the check is NONE and yet has times" : "times or retries are set, but no check",
                "Set ContainerHealthcheck to a shell command, or ContainerHealthcheckCommand to a program and its arguments.")
            : check;

        long Time(string setting) => values[setting] is { } text ? GoDuration.Parse(setting, text) : 0;
    }

    private static int Retries(string? text) =>
        text is null ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw SettingErrors.Wrong("ContainerHealthcheckRetries", text, "it is not a number above zero", "Write for example 3.");
}
