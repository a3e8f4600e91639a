using System.Net;
using System.Text;
using Containerize.Containers;

namespace Containerize.Runtime.Networking;

/// <summary>A container's /etc/resolv.conf (resolv.conf(5)).</summary>
internal static class ResolverFile
{
    /// <summary>Its name in a container's directory.</summary>
    public const string Name = "resolv.conf";

    /// <summary>The text: what the plan says, and the host's where it says nothing.</summary>
    /// <param name="host">The host's own.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="forwarder">The address at which the host's name servers can be reached from the container; null: as the host reaches them.</param>
    public static string Text(string host, NetworkPlan plan, string? forwarder)
    {
        var servers = new List<string>();
        var search = new List<string>();
        var options = new List<string>();
        foreach (var line in host.Split('\n'))
        {
            var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var server, ..]:
                    AddServer(servers, server, forwarder);
                    break;
                case ["search" or "domain", .. var domains]:
                    // The last one of them counts.
                    search = [.. domains];
                    break;
                case ["options", .. var words1]:
                    options.AddRange(words1);
                    break;
            }
        }

        if (servers.Count == 0 && forwarder is not null)
        {
            // A host without any asks itself.
            servers.Add(forwarder);
        }

        var text = new StringBuilder();
        // A single dot stands for none, as docker has it.
        AddLine(text, "search", plan.DnsSearch is ["."] ? [] : plan.DnsSearch ?? search);
        foreach (var server in plan.Dns ?? servers)
        {
            AddLine(text, "nameserver", [server]);
        }

        AddLine(text, "options", plan.DnsOptions ?? options);
        return text.ToString();
    }

    // The host's own loopback interface is not the container's.
    private static void AddServer(List<string> servers, string server, string? forwarder)
    {
        var reached = forwarder is not null && IPAddress.TryParse(server, out var address) && IPAddress.IsLoopback(address) ? forwarder : server;
        if (!servers.Contains(reached))
        {
            servers.Add(reached);
        }
    }

    private static void AddLine(StringBuilder text, string word, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            text.Append(word).Append(' ').AppendJoin(' ', values).Append('\n');
        }
    }
}
