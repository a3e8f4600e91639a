using System.Net;
using System.Text.Json;

namespace Containerize.Registries.Configuration;

/// <summary>What docker's daemon.json says of registries (<see href="https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file"/>).</summary>
/// <param name="Insecure">Registries, or networks in which they are, that need no certificate.</param>
/// <param name="Mirrors">Addresses that are asked before Docker Hub.</param>
internal sealed record DaemonFile(IReadOnlyList<string> Insecure, IReadOnlyList<string> Mirrors)
{
    /// <summary>Parses it.</summary>
    /// <exception cref="JsonException">It is not valid JSON.</exception>
    internal static DaemonFile Parse(ReadOnlyMemory<byte> bytes)
    {
        using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 32 });
        return new DaemonFile(List(document.RootElement, "insecure-registries"), List(document.RootElement, "registry-mirrors"));
    }

    /// <summary>Whether a registry is among the insecure ones: by its name, or by its address in a network such as 10.0.0.0/8.</summary>
    internal bool Covers(string registry)
    {
        var host = new Uri($"https://{registry}").Host.Trim('[', ']');
        foreach (var entry in Insecure)
        {
            if (string.Equals(entry, registry, StringComparison.OrdinalIgnoreCase)
                || (IPNetwork.TryParse(entry, out var network) && IPAddress.TryParse(host, out var address) && network.Contains(address)))
            {
                return true;
            }
        }

        return false;
    }

    private static List<string> List(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)]
            : [];
}
