using System.Globalization;
using System.Text.RegularExpressions;
using Containerize.Containers;

namespace Containerize.Tool.Containers;

/// <summary>One <c>--filter NAME=VALUE</c> of docker's.</summary>
/// <param name="Name">Of what.</param>
/// <param name="Value">Which.</param>
internal sealed record ContainerFilter(string Name, string Value)
{
    private static readonly string[] Names = ["ancestor", "exited", "health", "id", "label", "name", "network", "publish", "status", "volume"];

    /// <summary>Reads one; CTZ5020 for another text.</summary>
    internal static ContainerFilter Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && Names.Contains(text[..equals])
            ? new ContainerFilter(text[..equals], text[(equals + 1)..])
            : throw new ContainerizeException(5020, $"reading --filter {text}", "it is none", $"Write NAME=VALUE, the name one of {string.Join(", ", Names)}.");
    }

    /// <summary>Whether a container is meant.</summary>
    internal bool Matches(LocalContainer container) => Name switch
    {
        "name" => IsPattern(container.Name),
        "id" => container.Id.StartsWith(Value, StringComparison.Ordinal),
        "status" => container.Status.Status == Value,
        "exited" => container.Status.Status == "exited" && container.Status.ExitCode.ToString(CultureInfo.InvariantCulture) == Value,
        "health" => (container.Status.Health?.Status ?? "none") == Value,
        "label" => Label(container),
        "ancestor" => container.Record.Image == Value || container.Record.Image.StartsWith(Value + ":", StringComparison.Ordinal) || container.Record.ImageDigest?.ToString().Contains(Value, StringComparison.Ordinal) == true,
        "network" => (container.Plan.Network.Name ?? container.Plan.Network.Kind) == Value,
        "volume" => container.Record.Mounts.Any(m => m.Name == Value || m.Source == Value || m.Target == Value),
        _ => container.Plan.Network.Ports?.Any(p => p.HostPort.ToString(CultureInfo.InvariantCulture) == Value.Split('/')[0]) == true,
    };

    private bool IsPattern(string text)
    {
        try
        {
            return Regex.IsMatch(text, Value, RegexOptions.None, TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            return text.Contains(Value, StringComparison.Ordinal);
        }
    }

    private bool Label(LocalContainer container)
    {
        var equals = Value.IndexOf('=', StringComparison.Ordinal);
        return container.Record.Config.Labels is { } labels
            && labels.TryGetValue(equals < 0 ? Value : Value[..equals], out var there)
            && (equals < 0 || there == Value[(equals + 1)..]);
    }
}
