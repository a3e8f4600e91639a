using System.CommandLine;
using Containerize.Containers;
using Containerize.Planning;

namespace Containerize.Tool.Containers;

/// <summary>The options <c>--health-*</c>.</summary>
internal sealed class HealthCheckOptions
{
    private readonly Option<string?> _command = ContainerOptions.One("--health-cmd", "COMMAND", "What tells whether it is healthy.");
    private readonly Option<string?> _interval = ContainerOptions.One("--health-interval", "30s", "Between two checks.");
    private readonly Option<string?> _timeout = ContainerOptions.One("--health-timeout", "30s", "What takes longer has failed.");
    private readonly Option<string?> _start = ContainerOptions.One("--health-start-period", "0s", "For so long failures do not count.");
    private readonly Option<string?> _startInterval = ContainerOptions.One("--health-start-interval", "5s", "Between two checks in that time.");
    private readonly Option<int?> _retries = new("--health-retries") { Description = "So many failures make it unhealthy; 3.", HelpName = "NUMBER" };
    private readonly Option<bool> _none = ContainerOptions.Flag("--no-healthcheck", "No check, also where the image has one.");

    internal IEnumerable<Option> All => [_command, _interval, _timeout, _start, _startInterval, _retries, _none];

    internal HealthOptions Read(ParseResult parsed) => new()
    {
        Command = parsed.GetValue(_command) is { Length: > 0 } and not "none" and var command ? command : null,
        None = parsed.GetValue(_none) || parsed.GetValue(_command) == "none",
        Interval = Time(parsed, _interval),
        Timeout = Time(parsed, _timeout),
        StartPeriod = Time(parsed, _start),
        StartInterval = Time(parsed, _startInterval),
        Retries = parsed.GetValue(_retries),
    };

    private static long? Time(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } text ? text is "0" or "0s" ? 0 : GoDuration.Parse(option.Name, text) : null;
}
