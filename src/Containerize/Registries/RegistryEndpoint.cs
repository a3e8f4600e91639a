using System.Net;

namespace Containerize.Registries;

/// <summary>Where a registry is reached: https, but plain http on this machine.</summary>
/// <param name="Registry">Its name in references.</param>
/// <param name="Base">The address that paths are added to.</param>
/// <param name="IsInsecure">Whether its certificate is not looked at, and plain http is good enough.</param>
internal sealed record RegistryEndpoint(string Registry, Uri Base, bool IsInsecure)
{
    internal bool IsPlain => Base.Scheme == Uri.UriSchemeHttp;

    /// <summary>Whether the other scheme may be tried where this one is not spoken.</summary>
    internal bool MayChange => IsInsecure || IsLoopback(Base);

    internal static RegistryEndpoint Of(string registry, bool isInsecure)
    {
        var host = registry == ReferenceGrammar.DockerHub ? "registry-1.docker.io" : registry;
        var secure = new Uri($"https://{host}/");
        return new RegistryEndpoint(registry, IsLoopback(secure) ? new Uri($"http://{host}/") : secure, isInsecure);
    }

    /// <summary>The same registry by the other scheme.</summary>
    internal RegistryEndpoint Other() => this with
    {
        Base = new UriBuilder(Base) { Scheme = IsPlain ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, Port = Base.IsDefaultPort ? -1 : Base.Port }.Uri,
    };

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
