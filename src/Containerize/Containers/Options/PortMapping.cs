using System.Globalization;
using System.Net;

namespace Containerize.Containers.Options;

/// <summary>Reads <c>-p [[IP:][HOST]:]CONTAINER[/PROTOCOL]</c>, each a port or a range, as docker has it.</summary>
public static class PortMapping
{
    private const string Forms = "Write 8080:80, 127.0.0.1:8080:80, 80 (the kernel chooses the host's), 8000-8010:80-90 or 5353:53/udp.";

    /// <summary>The ports of one text, in order; CTZ5020 for another text.</summary>
    public static IReadOnlyList<PortPlan> Parse(string text)
    {
        var slash = text.LastIndexOf('/');
        var (ports, protocol) = slash < 0 ? (text, "tcp") : (text[..slash], text[(slash + 1)..].ToLowerInvariant());
        if (protocol is not ("tcp" or "udp"))
        {
            throw OptionErrors.Wrong("-p", text, $"the protocol '{protocol}' cannot be led into a container", "tcp and udp can.");
        }

        var (address, host, container) = Split(text, ports);
        if (address.Length > 0 && !IPAddress.TryParse(address, out _))
        {
            throw OptionErrors.Wrong("-p", text, $"'{address}' is not an address of the host", Forms);
        }

        var (first, last) = Range(text, container);
        // 0 is the kernel's word for any that is free.
        host = host == "0" ? "" : host;
        var (hostFirst, hostLast) = host.Length == 0 ? (0, 0) : Range(text, host);
        // One port of the container may take any of a range of the host's: the first will do, as it is refused when it is taken.
        if (host.Length > 0 && hostLast - hostFirst != last - first && first != last)
        {
            throw OptionErrors.Wrong("-p", text, "the two ranges differ in length", Forms);
        }

        return
        [
            .. Enumerable.Range(first, last - first + 1).Select(port => new PortPlan
            {
                HostAddress = address,
                HostPort = host.Length == 0 ? 0 : hostFirst + (port - first),
                ContainerPort = port,
                Protocol = protocol,
            }),
        ];
    }

    /// <summary>The ports that an image exposes, each at a port that the kernel chooses (<c>-P</c>).</summary>
    public static IEnumerable<PortPlan> OfImage(IEnumerable<string> exposed) =>
        exposed.SelectMany(Parse).Select(p => p with { HostAddress = "", HostPort = 0 });

    // The address may be an IPv6 one in brackets.
    private static (string Address, string Host, string Container) Split(string text, string ports)
    {
        var address = "";
        if (ports.StartsWith('['))
        {
            var end = ports.IndexOf("]:", StringComparison.Ordinal);
            if (end < 0)
            {
                throw OptionErrors.Wrong("-p", text, "the address does not end", Forms);
            }

            address = ports[1..end];
            ports = ports[(end + 2)..];
            return ports.Split(':') switch
            {
                [var only] => (address, "", only),
                [var host, var container] => (address, host, container),
                _ => throw OptionErrors.Wrong("-p", text, "it has too many parts", Forms),
            };
        }

        return ports.Split(':') switch
        {
            [var container] => (address, "", container),
            [var host, var container] => (address, host, container),
            [var given, var host, var container] => (given, host, container),
            _ => throw OptionErrors.Wrong("-p", text, "it has too many parts", Forms),
        };
    }

    private static (int First, int Last) Range(string text, string ports)
    {
        var dash = ports.IndexOf('-', StringComparison.Ordinal);
        var first = Port(text, dash < 0 ? ports : ports[..dash]);
        var last = dash < 0 ? first : Port(text, ports[(dash + 1)..]);
        return first <= last ? (first, last) : throw OptionErrors.Wrong("-p", text, "a range ends before it begins", Forms);
    }

    private static int Port(string text, string port) =>
        int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535
            ? number
            : throw OptionErrors.Wrong("-p", text, $"'{port}' is not a port from 1 to 65535", Forms);
}
