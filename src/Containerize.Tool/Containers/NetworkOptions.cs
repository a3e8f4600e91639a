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

    internal NetworkPlan Read(ParseResult parsed, ContainerStore store, IReadOnlyList<PortPlan> ports)
    {
        var text = parsed.GetValue(_network) ?? "private";
        var plan = text switch
        {
            "host" or "none" => new NetworkPlan { Kind = text },
            "private" or "bridge" or "default" or "pasta" or "slirp4netns" => new NetworkPlan(),
            _ when text.StartsWith("container:", StringComparison.Ordinal) => new NetworkPlan { Kind = NetworkKind.Container, Container = store.Resolve(text["container:".Length..]).Paths.Directory },
            _ => new NetworkPlan { Kind = NetworkKind.Named, Name = text },
        };
        Check(parsed, text, plan.Kind, ports);
        return plan with
        {
            Ports = ports,
            Aliases = ContainerOptions.Values(parsed, _aliases),
            Address = parsed.GetValue(_address),
            Hosts = [.. ContainerOptions.Values(parsed, _hosts).Select(Host)],
            Dns = Addresses(parsed),
            DnsSearch = Given(parsed, _dnsSearch),
            DnsOptions = Given(parsed, _dnsOptions),
        };
    }

    // As docker has it: what would have no effect is refused where it cannot be meant. Ports are left out with a word, as many have them in their scripts.
    private void Check(ParseResult parsed, string network, string kind, IReadOnlyList<PortPlan> ports)
    {
        (bool Given, string Option, bool Fits)[] options =
        [
            (parsed.GetValue(_address) is not null, "--ip", kind == NetworkKind.Named),
            (ContainerOptions.Values(parsed, _aliases).Length > 0, "--network-alias", kind == NetworkKind.Named),
            (ports.Count > 0, "--publish", kind != NetworkKind.Container),
            (ContainerOptions.Values(parsed, _hosts).Length > 0, "--add-host", kind != NetworkKind.Container),
            (ContainerOptions.Values(parsed, _dns).Length > 0, "--dns", kind != NetworkKind.Container),
        ];
        foreach (var (_, option, _) in options.Where(o => o.Given && !o.Fits))
        {
            throw kind == NetworkKind.Container
                ? new ContainerizeException(5020, $"reading {option} with --network {network}", "that network and its files are the other container's", "Give it to that one.")
                : new ContainerizeException(5020, $"reading {option} with --network {network}", "it is for a network with a name", "Make one, 'dotnet containerize network create', and name it.");
        }
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
