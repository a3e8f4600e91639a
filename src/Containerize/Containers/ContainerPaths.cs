namespace Containerize.Containers;

/// <summary>The files of one container's directory.</summary>
/// <param name="Directory">The directory.</param>
public sealed record ContainerPaths(string Directory)
{
    /// <summary>What was asked for: <see cref="StoredContainer"/>.</summary>
    public string Record => Path.Combine(Directory, "container.json");

    /// <summary>What its monitor does: <see cref="ContainerPlan"/>.</summary>
    public string Plan => Path.Combine(Directory, "plan.json");

    /// <summary>The runtime's configuration. It is written last: a directory without it is nothing.</summary>
    public string Configuration => Path.Combine(Directory, "config.json");

    /// <summary>What its monitor knows: <see cref="ContainerStatus"/>.</summary>
    public string Status => Path.Combine(Directory, "state.json");

    /// <summary>Held by its monitor for as long as that lives.</summary>
    public string MonitorLock => Path.Combine(Directory, "monitor.lock");

    /// <summary>Its output.</summary>
    public string Log => Path.Combine(Directory, "log");

    /// <summary>Its changes.</summary>
    public string Upper => Path.Combine(Directory, "upper");

    /// <summary>The kernel's own.</summary>
    public string Work => Path.Combine(Directory, "work");

    /// <summary>A layer above its image's, with directories that those do not describe; see <see cref="ImpliedDirectories"/>.</summary>
    public string Implied => Path.Combine(Directory, "implied");

    /// <summary>Where its root filesystem is put together.</summary>
    public string Root => Path.Combine(Directory, "rootfs");

    /// <summary>Its /etc/hosts.</summary>
    public string Hosts => Path.Combine(Directory, "hosts");

    /// <summary>Its /etc/resolv.conf.</summary>
    public string ResolvConf => Path.Combine(Directory, "resolv.conf");

    /// <summary>Its /etc/hostname.</summary>
    public string HostName => Path.Combine(Directory, "hostname");
}
