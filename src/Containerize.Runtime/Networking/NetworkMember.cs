using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>A container in a named network, as the others find it: a file in NAME.members beside the network's own.</summary>
internal sealed record NetworkMember
{
    /// <summary>The container's directory; its last part is the container's id.</summary>
    public string Directory { get; init; } = "";

    /// <summary>Its address.</summary>
    public string Address { get; init; } = "";

    /// <summary>The names by which the others call it.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Its monitor's process.</summary>
    public int Monitor { get; init; }

    /// <summary>When that began, which tells it from another of the same number.</summary>
    public ulong Start { get; init; }

    /// <summary>The boot in which all this is so.</summary>
    public string Boot { get; init; } = "";

    /// <summary>The monitor's descriptor of the network namespace in which the members are connected.</summary>
    public int Bridge { get; init; }

    /// <summary>Which namespace that is.</summary>
    public string BridgeIdentity { get; init; } = "";

    /// <summary>The kernel's boot.</summary>
    public static string CurrentBoot => FileSystem.ReadText(Descriptor.WorkingDirectory, "/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>The name of the bridge's end of its cable.</summary>
    public static string Plug(uint address) => $"m{address:x8}";

    /// <summary>Whether its monitor lives.</summary>
    public bool IsAlive(string boot) => Boot == boot && ProcessStat.TryRead(Monitor) is { IsAlive: true } stat && stat.Start == Start;

    /// <summary>Opens the namespace in which the members are connected; null where it is gone.</summary>
    public Descriptor? TryOpenBridge()
    {
        var path = $"/proc/{Monitor}/fd/{Bridge}";
        try
        {
            // As it is opened, so that nobody puts another at its place in between.
            var opened = FileSystem.Open(Descriptor.WorkingDirectory, path, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
            if (FileSystem.ReadLink(Descriptor.WorkingDirectory, $"/proc/self/fd/{opened.Number}") == BridgeIdentity)
            {
                return opened;
            }

            opened.Dispose();
            return null;
        }
        catch (SyscallException)
        {
            return null;
        }
    }
}
