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

    /// <summary>The processor.</summary>
    public Architecture Architecture { get; init; } = RuntimeInformation.OSArchitecture;

    /// <summary>Its number of processors.</summary>
    public int Processors { get; init; } = Environment.ProcessorCount;

    /// <summary>The group of terminals, where it is mapped; null: it is not.</summary>
    public uint? TerminalGroup { get; init; } = 5;
}
