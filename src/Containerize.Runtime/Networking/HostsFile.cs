using System.Text;
using Containerize.Containers;

namespace Containerize.Runtime.Networking;

/// <summary>A container's /etc/hosts (hosts(5)).</summary>
internal static class HostsFile
{
    /// <summary>Its name in a container's directory.</summary>
    public const string Name = "hosts";

    /// <summary>The address that stands for the host's own.</summary>
    public const string HostGateway = "host-gateway";

    private const string Localhost = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";

    /// <summary>The text.</summary>
    /// <param name="address">The container's own address; null: it has none but those of the loopback interface.</param>
    /// <param name="names">Its own names.</param>
    /// <param name="entries">What else it is to know.</param>
    public static string Text(string? address, IEnumerable<string> names, IReadOnlyList<HostEntry> entries)
    {
        var text = new StringBuilder(Localhost);
        // 127.0.1.1 is Debian's: 127.0.0.1 is called localhost (https://www.debian.org/doc/manuals/debian-reference/ch05).
        AddLine(text, address ?? "127.0.1.1", names);
        Add(text, entries);
        return text.ToString();
    }

    /// <summary>The host's own text, and what else the container is to know.</summary>
    public static string OfHost(string text, IReadOnlyList<HostEntry> entries)
    {
        var all = new StringBuilder(text);
        if (all.Length > 0 && all[^1] != '\n')
        {
            all.Append('\n');
        }

        Add(all, entries);
        return all.ToString();
    }

    /// <summary>The entries of a plan with the host's address where they ask for it; CTZ6072 where there is none.</summary>
    public static List<HostEntry> Resolve(NetworkPlan plan, string? hostAddress)
    {
        var entries = new List<HostEntry>();
        foreach (var entry in plan.Hosts ?? [])
        {
            entries.Add(entry.Address != HostGateway ? entry : entry with
            {
                Address = hostAddress ?? throw Failure.Of(
                    6072,
                    $"finding the host's address for {entry.Name}",
                    "the container has no way to the host",
                    "Install pasta (package passt) or slirp4netns, and use a network that has a way to the outside; or use the host's network."),
            });
        }

        return entries;
    }

    /// <summary>Whether a plan asks for a way to the host.</summary>
    public static bool WantsHost(NetworkPlan plan)
    {
        foreach (var entry in plan.Hosts ?? [])
        {
            if (entry.Address == HostGateway)
            {
                return true;
            }
        }

        return false;
    }

    private static void Add(StringBuilder text, IReadOnlyList<HostEntry> entries)
    {
        foreach (var entry in entries)
        {
            AddLine(text, entry.Address, [entry.Name]);
        }
    }

    private static void AddLine(StringBuilder text, string address, IEnumerable<string> names)
    {
        var line = string.Join(' ', names);
        if (line.Length > 0)
        {
            text.Append(address).Append('\t').Append(line).Append('\n');
        }
    }
}
