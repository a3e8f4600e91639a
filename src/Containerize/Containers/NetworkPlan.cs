namespace Containerize.Containers;

/// <summary>A container's network.</summary>
public sealed record NetworkPlan
{
    /// <summary>See <see cref="NetworkKind"/>.</summary>
    public string Kind { get; init; } = NetworkKind.Private;

    /// <summary>Of kind container: the directory of the other one.</summary>
    public string? Container { get; init; }

    /// <summary>Of kind named: the network's name.</summary>
    public string? Name { get; init; }

    /// <summary>Of kind named: the file that describes the network, and the directory of all containers, in which its members are found.</summary>
    public string? NetworkFile { get; init; }

    /// <summary>The directory in which each container has its own.</summary>
    public string? Containers { get; init; }

    /// <summary>Names under which the others of the network reach it.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }

    /// <summary>A wished address of the network; null: the next free one.</summary>
    public string? Address { get; init; }

    /// <summary>Ports that the host offers.</summary>
    public IReadOnlyList<PortPlan>? Ports { get; init; }

    /// <summary>The container's name for itself, for its hosts file.</summary>
    public string? HostName { get; init; }

    /// <summary>More lines of the hosts file: address, name. "host-gateway" is an address too.</summary>
    public IReadOnlyList<HostEntry>? Hosts { get; init; }

    /// <summary>Name servers; null: what the host has.</summary>
    public IReadOnlyList<string>? Dns { get; init; }

    /// <summary>Domains that are searched; null: what the host has.</summary>
    public IReadOnlyList<string>? DnsSearch { get; init; }

    /// <summary>Options of the resolver; null: what the host has.</summary>
    public IReadOnlyList<string>? DnsOptions { get; init; }
}
