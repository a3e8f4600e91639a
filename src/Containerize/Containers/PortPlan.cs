namespace Containerize.Containers;

/// <summary>A port of the host that leads into the container.</summary>
public sealed record PortPlan
{
    /// <summary>The host's address; empty: all of them.</summary>
    public string HostAddress { get; init; } = "";

    /// <summary>The host's port; 0: the kernel chooses.</summary>
    public int HostPort { get; init; }

    /// <summary>The container's port.</summary>
    public int ContainerPort { get; init; }

    /// <summary>"tcp" or "udp".</summary>
    public string Protocol { get; init; } = "tcp";
}
