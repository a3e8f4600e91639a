using System.Net;

namespace Containerize.Registries;

/// <summary>The proxies of the environment: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, as Go's programs (docker, skopeo, podman) read them.</summary>
/// <remarks>
/// HttpClient reads them too, once for the life of a process: MSBuild's nodes serve one build after the other, each with an environment of its own.
/// </remarks>
internal sealed class RegistryProxy : IWebProxy
{
    private readonly Uri? _secure;
    private readonly Uri? _plain;
    private readonly string[] _direct;

    private RegistryProxy(Uri? secure, Uri? plain, string[] direct)
    {
        _secure = secure;
        _plain = plain;
        _direct = direct;
    }

    /// <summary>The user and password that a proxy's address has.</summary>
    public ICredentials? Credentials { get; set; }

    /// <summary>The proxies; null where the environment has none, and the system's are used.</summary>
    internal static RegistryProxy? Of(Func<string, string?> environment)
    {
        var all = Variable("ALL_PROXY");
        var secure = Address(Variable("HTTPS_PROXY") ?? all);
        var plain = Address(Variable("HTTP_PROXY") ?? all);
        return secure is null && plain is null
            ? null
            : new RegistryProxy(secure, plain, (Variable("NO_PROXY") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                Credentials = new OfAddresses(secure, plain),
            };

        string? Variable(string name) => environment(name) is { Length: > 0 } upper ? upper : environment(name.ToLowerInvariant()) is { Length: > 0 } lower ? lower : null;
    }

    public Uri? GetProxy(Uri destination) => destination.Scheme == Uri.UriSchemeHttps ? _secure : _plain;

    /// <inheritdoc />
    public bool IsBypassed(Uri host)
    {
        if (GetProxy(host) is null || RegistryEndpoint.IsLoopback(host))
        {
            return true;
        }

        foreach (var rule in _direct)
        {
            if (Matches(rule, host))
            {
                return true;
            }
        }

        return false;
    }

    // "*", "example.com" (and what is below it), ".example.com" (only that), "host:port", an address, or a network as 10.0.0.0/8.
    private static bool Matches(string rule, Uri host)
    {
        if (rule == "*")
        {
            return true;
        }

        var name = host.Host.Trim('[', ']');
        if (IPNetwork.TryParse(rule, out var network))
        {
            return IPAddress.TryParse(name, out var address) && network.Contains(address);
        }

        if (rule.LastIndexOf(':') is var colon and > 0 && rule.IndexOf(':') == colon)
        {
            if (rule[(colon + 1)..] != host.Port.ToString(System.Globalization.CultureInfo.InvariantCulture))
            {
                return false;
            }

            rule = rule[..colon];
        }

        rule = rule.TrimStart('*');
        return rule.StartsWith('.')
            ? name.EndsWith(rule, StringComparison.OrdinalIgnoreCase)
            : string.Equals(name, rule, StringComparison.OrdinalIgnoreCase) || name.EndsWith("." + rule, StringComparison.OrdinalIgnoreCase);
    }

    private static Uri? Address(string? text) =>
        text is not null && Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text, UriKind.Absolute, out var address) ? address : null;

    // HttpClient asks with the proxy's address, from which the user may have been taken away.
    private sealed class OfAddresses(Uri? secure, Uri? plain) : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType) => In(secure, uri) ?? In(plain, uri);

        private static NetworkCredential? In(Uri? proxy, Uri uri)
        {
            if (proxy is null || proxy.UserInfo.Length == 0 || proxy.Host != uri.Host || proxy.Port != uri.Port)
            {
                return null;
            }

            var colon = proxy.UserInfo.IndexOf(':');
            return colon < 0
                ? new NetworkCredential(Uri.UnescapeDataString(proxy.UserInfo), "")
                : new NetworkCredential(Uri.UnescapeDataString(proxy.UserInfo[..colon]), Uri.UnescapeDataString(proxy.UserInfo[(colon + 1)..]));
        }
    }
}
