namespace Containerize.Oci.Runtime;

/// <summary>What a seccomp listener is told beside the descriptor that it gets (config-linux.md, The Container Process State).</summary>
public sealed record ContainerProcessState
{
    /// <summary>The version of the specification.</summary>
    public string? OciVersion { get; init; }

    /// <summary>The names of the descriptors that come with it, in their order: seccompFd.</summary>
    public IReadOnlyList<string>? Fds { get; init; }

    /// <summary>The process as the runtime sees it.</summary>
    public int Pid { get; init; }

    /// <summary>The profile's listenerMetadata.</summary>
    public string? Metadata { get; init; }

    /// <summary>The container.</summary>
    public ContainerState? State { get; init; }
}
