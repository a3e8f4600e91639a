using System.Globalization;

namespace Containerize.Containers.Options;

/// <summary>Reads <c>--restart no|on-failure[:N]|always|unless-stopped</c>.</summary>
public static class RestartOption
{
    /// <summary>The policy; CTZ5020 for another text.</summary>
    public static RestartPlan Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (policy, most) = colon < 0 ? (text, "0") : (text[..colon], text[(colon + 1)..]);
        return policy is "no" or "on-failure" or "always" or "unless-stopped"
            && (colon < 0 || policy == "on-failure")
            && int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new RestartPlan { Policy = policy, Most = number }
            : throw OptionErrors.Wrong("--restart", text, "it is not a policy", "There are no, on-failure, on-failure:3, always and unless-stopped.");
    }
}
