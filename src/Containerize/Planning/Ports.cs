using System.Globalization;

namespace Containerize.Planning;

/// <summary>The ports of an ASP.NET app, read from the environment as the SDK does.</summary>
public static class Ports
{
    /// <summary>
    /// The ports in ASPNETCORE_URLS or, where that names none, ASPNETCORE_HTTP_PORTS and ASPNETCORE_HTTPS_PORTS, as <c>8080/tcp</c>.
    /// </summary>
    public static IEnumerable<string> Of(IReadOnlyDictionary<string, string> environment)
    {
        var urls = Split("ASPNETCORE_URLS").Select(UrlPort).OfType<int>().ToList();
        return (urls.Count > 0 ? urls : [.. Numbers("ASPNETCORE_HTTP_PORTS"), .. Numbers("ASPNETCORE_HTTPS_PORTS")])
            .Distinct()
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p}/tcp"));

        string[] Split(string name) =>
            environment.TryGetValue(name, out var value) ? value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];

        IEnumerable<int> Numbers(string name) => Split(name).Select(Number).OfType<int>();
    }

    // Hosts such as + and * are no URIs, so the port is cut out by hand: after the last ':' that follows the host.
    private static int? UrlPort(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        var rest = url[(start + 3)..].Split('/')[0];
        var colon = rest.LastIndexOf(':');
        return colon > rest.LastIndexOf(']')
            ? Number(rest[(colon + 1)..])
            : url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? 443 : 80;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535 ? port : null;
}
