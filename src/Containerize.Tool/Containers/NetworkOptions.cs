using System.CommandLine;
using System.Net;
using Containerize.Containers;

namespace Containerize.Tool.Containers;

/// <summary>The options of a container's network.</summary>
internal sealed class NetworkOptions
{
    private readonly Option<string?> _network = ContainerOptions.One("--network", "host|none|container:NAME|NETWORK", "Its network; without this, one of its own.", "--net");
    private readonly Option<string[]> _aliases = ContainerOptions.Several("--network-alias", "NAME", "One more name in its network.", "--net-alias");
    private readonly Option<string?> _address = ContainerOptions.One("--ip", "ADDRESS", "Its address in its network.");
    private readonly Option<string[]> _hosts = ContainerOptions.Several("--add-host", "NAME:ADDRESS", "A line for /etc/hosts; host-gateway is the host's address.");
    private readonly Option<string[]> _dns = ContainerOptions.Several("--dns", "ADDRESS", "A name server.");
    private readonly Option<string[]> _dnsSearch = ContainerOptions.Several("--dns-search", "DOMAIN", "A domain that is searched.");
    private readonly Option<string[]> _dnsOptions = ContainerOptions.Several("--dns-option", "OPTION", "An option of the resolver.", "--dns-opt");

    internal IEnumerable<Option> All => [_network, _aliases, _address, _hosts, _dns, _dnsSearch, _dnsOptions];

    internal NetworkPlan Read(ParseResult parsed, ContainerStore store)
    {
        var text = parsed.GetValue(_network) ?? "private";
        var plan = text switch
        {
            "host" or "none" => new NetworkPlan { Kind = text },
            "private" or "bridge" or "default" or "pasta" or "slirp4netns" => new NetworkPlan(),
            _ when text.StartsWith("container:", StringComparison.Ordinal) => new NetworkPlan { Kind = NetworkKind.Container, Container = store.Resolve(text["container:".Length..]).Paths.Directory },
            _ => new NetworkPlan { Kind = NetworkKind.Named, Name = text },
        };
        return plan with
        {
            Aliases = ContainerOptions.Values(parsed, _aliases),
            Address = parsed.GetValue(_address),
            Hosts = [.. ContainerOptions.Values(parsed, _hosts).Select(Host)],
            Dns = Addresses(parsed),
            DnsSearch = Given(parsed, _dnsSearch),
            DnsOptions = Given(parsed, _dnsOptions),
        };
    }

    private string[]? Addresses(ParseResult parsed)
    {
        foreach (var address in ContainerOptions.Values(parsed, _dns).Where(a => !IPAddress.TryParse(a, out _)))
        {
            throw new ContainerizeException(5020, $"reading --dns {address}", "it is not an address", "Write for example 192.0.2.1.");
        }

        return Given(parsed, _dns);
    }

    private static string[]? Given(ParseResult parsed, Option<string[]> option) => ContainerOptions.Values(parsed, option) is { Length: > 0 } values ? values : null;

    private static HostEntry Host(string text)
    {
        var at = text.IndexOfAny([':', '=']);
        var address = at < 0 ? "" : text[(at + 1)..].Trim('[', ']');
        return at > 0 && (address == "host-gateway" || IPAddress.TryParse(address, out _))
            ? new HostEntry { Name = text[..at], Address = address }
            : throw new ContainerizeException(5020, $"reading --add-host {text}", "it is not NAME:ADDRESS", "Write for example db:192.0.2.10, or db:host-gateway.");
    }
}
