using System.Net;

namespace Containerize.Registries;

/// <summary>Where a registry is reached: https, but plain http on this machine and where the user says so.</summary>
internal sealed record RegistryEndpoint(string Registry, Uri Base)
{
    internal bool IsPlain => Base.Scheme == Uri.UriSchemeHttp;

    internal static RegistryEndpoint Of(string registry, Func<string, string?> environment)
    {
        var host = registry == ReferenceGrammar.DockerHub ? "registry-1.docker.io" : registry;
        var insecure = (environment("DOTNET_CONTAINER_INSECURE_REGISTRIES") ?? "")
            .Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var secure = new Uri($"https://{host}/");
        var plain = IsLoopback(secure) || insecure.Contains(registry, StringComparer.OrdinalIgnoreCase);
        return new RegistryEndpoint(registry, plain ? new Uri($"http://{host}/") : secure);
    }

    /// <summary>Whether an address belongs to this registry itself: only there credentials are sent.</summary>
    internal bool IsOrigin(Uri uri) =>
        uri.Scheme == Base.Scheme && uri.Port == Base.Port && string.Equals(uri.Host, Base.Host, StringComparison.OrdinalIgnoreCase);

    internal static bool IsLoopback(Uri uri) =>
        uri.Host is "localhost" || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>Whether the address is written as a number that no registry on the internet should send anyone to.</summary>
    internal static bool IsPrivate(Uri uri)
    {
        if (uri.Host.TrimEnd('.') is "localhost")
        {
            return true;
        }

        if (!IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address))
        {
            return false;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var b = address.GetAddressBytes();
        return IPAddress.IsLoopback(address)
            || (b.Length == 16
                ? address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal || address.Equals(IPAddress.IPv6Any)
                : b[0] is 0 or 10 or 127 || (b[0] == 169 && b[1] == 254) || (b[0] == 172 && b[1] is >= 16 and <= 31) || (b[0] == 192 && b[1] == 168));
    }
}
