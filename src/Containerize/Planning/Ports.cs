using System.Globalization;

namespace Containerize.Planning;

/// <summary>The ports of an ASP.NET app, read from the environment as the SDK does.</summary>
public static class Ports
{
    /// <summary>
    /// The ports in ASPNETCORE_URLS or, where that names none, ASPNETCORE_HTTP_PORTS and ASPNETCORE_HTTPS_PORTS, as <c>8080/tcp</c>.
    /// </summary>
    public static IReadOnlyList<string> Of(IReadOnlyDictionary<string, string> environment)
    {
        // Texts all the way: sequences of numbers would be more work for the just-in-time compiler than for us (docs/architecture.md, decision 12).
        List<string> ports = [.. Values("ASPNETCORE_URLS").Select(UrlPort).OfType<string>()];
        if (ports.Count == 0)
        {
            ports = [.. Values("ASPNETCORE_HTTP_PORTS").Concat(Values("ASPNETCORE_HTTPS_PORTS")).Select(Port).OfType<string>()];
        }

        return [.. ports.Distinct()];

        string[] Values(string name) =>
            environment.TryGetValue(name, out var value) ? value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
    }

    // Hosts such as + and * are no URIs, so the port is cut out by hand: after the last ':' that follows the host.
    private static string? UrlPort(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var rest = url[(start + 3)..].Split('/')[0];
        var colon = rest.LastIndexOf(':');
        return Port(
            colon > rest.LastIndexOf(']') ? rest[(colon + 1)..]
            : url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? "443" : "80");
    }

    private static string? Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port.ToString(CultureInfo.InvariantCulture) + "/tcp"
            : null;
}
