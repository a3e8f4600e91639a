using System.Runtime.InteropServices;

namespace Containerize.Containers;

/// <summary>What a container's configuration has to know of the machine.</summary>
public sealed record Machine
{
    /// <summary>Whether we lack the rights of the host's root.</summary>
    public bool Rootless { get; init; }

    /// <summary>Whether there is cgroup version 2 alone.</summary>
    public bool UnifiedCgroups { get; init; }

    /// <summary>Whether we may make cgroups at all.</summary>
    public bool OwnsCgroups { get; init; } = true;

    /// <summary>The highest user id that there is: of a plain user without ranges in /etc/subuid, zero.</summary>
    public uint LastUser { get; init; } = uint.MaxValue - 1;

    /// <summary>The same of groups.</summary>
    public uint LastGroup { get; init; } = uint.MaxValue - 1;

    /// <summary>Whether the kernel bounds swap too.</summary>
    public bool LimitsSwap { get; init; }

    /// <summary>Whether the host has POSIX message queues mounted.</summary>
    public bool HasMessageQueues { get; init; } = true;

    /// <summary>The capabilities that there are to be given, a bit for each (capabilities(7)).</summary>
    public ulong Capabilities { get; init; } = ulong.MaxValue;

    /// <summary>Whether the kernel has AppArmor, and it is on.</summary>
    public bool HasAppArmor { get; init; }

    /// <summary>The processor.</summary>
    public Architecture Architecture { get; init; } = RuntimeInformation.OSArchitecture;

    /// <summary>Its number of processors.</summary>
    public int Processors { get; init; } = Environment.ProcessorCount;

    /// <summary>The group of terminals, where it is mapped; null: it is not.</summary>
    public uint? TerminalGroup { get; init; } = 5;
}
