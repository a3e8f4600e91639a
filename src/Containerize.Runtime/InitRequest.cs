namespace Containerize.Runtime;

/// <summary>What the parent asks of init, beside the configuration itself. Descriptors are numbers that init inherits.</summary>
internal sealed record InitRequest
{
    /// <summary>The container's id.</summary>
    public string Id { get; init; } = "";

    /// <summary>The bundle's directory; absolute.</summary>
    public string Bundle { get; init; } = "";

    /// <summary>The root filesystem; absolute, links resolved.</summary>
    public string RootPath { get; init; } = "";

    /// <summary>Whether a process is added to a container (`exec`), rather than the container made.</summary>
    public bool Joins { get; init; }

    /// <summary>The FIFO in which init waits for `start`; -1 for `exec`.</summary>
    public int StartFifo { get; init; } = -1;

    /// <summary>The connected console socket; -1 where there is none.</summary>
    public int ConsoleSocket { get; init; } = -1;

    /// <summary>The connected socket of whoever answers seccomp notifications; -1 where there is none.</summary>
    public int SeccompListener { get; init; } = -1;

    /// <summary>Our process id as the host sees it.</summary>
    public int HostPid { get; init; }

    /// <summary>For `exec`: that of the container's first process.</summary>
    public int InitPid { get; init; }

    /// <summary>How many descriptors from 3 the container's process keeps.</summary>
    public int PreservedDescriptors { get; init; }

    /// <summary>How many of them are those of socket activation.</summary>
    public int ListenDescriptors { get; init; }

    /// <summary>Whether the root is entered without pivot_root (initramfs).</summary>
    public bool NoPivot { get; init; }

    /// <summary>Whether the host makes the network namespace.</summary>
    public bool AwaitsNetwork { get; init; }

    /// <summary>Whether the session keyring stays the caller's.</summary>
    public bool NoNewKeyring { get; init; }

    /// <summary>Whether the program ends when whoever made the container does, unless it becomes another user by itself.</summary>
    public bool DiesWithParent { get; init; }

    /// <summary>Whether the container has a user namespace that is not the host's, or the caller is not root.</summary>
    public bool InUserNamespace { get; init; }
}
