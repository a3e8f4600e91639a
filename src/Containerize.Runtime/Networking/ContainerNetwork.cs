using Containerize.Containers;

namespace Containerize.Runtime.Networking;

/// <summary>Placeholder until the network is here.</summary>
internal sealed class ContainerNetwork : IDisposable
{
    public string? NamespacePath { get; private init; }

    public IReadOnlyList<PortPlan>? Ports { get; private init; }

    public string? Address { get; private init; }

    public string? Warning { get; private init; }

    public static ContainerNetwork Prepare(NetworkPlan plan, string directory)
    {
        File.WriteAllText(Path.Combine(directory, "hosts"), "127.0.0.1 localhost\n");
        File.WriteAllText(Path.Combine(directory, "resolv.conf"), File.ReadAllText("/etc/resolv.conf"));
        return new ContainerNetwork();
    }

    public void Dispose()
    {
    }
}
