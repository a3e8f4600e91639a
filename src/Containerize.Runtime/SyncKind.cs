namespace Containerize.Runtime;

/// <summary>What the parent ("host") and the container's first process ("init") say to each other; the dialogue is drawn at <see cref="SyncChannel"/>.</summary>
internal enum SyncKind
{
    /// <summary>Child: a step before exec failed (step, which, errno).</summary>
    RawFailure = 1,

    /// <summary>Child: it is in a new user namespace and waits for its id maps.</summary>
    NeedsIdMaps,

    /// <summary>Child: it has made a time namespace and waits for its offsets.</summary>
    NeedsTimeOffsets,

    /// <summary>Child: the process id of the second child, of which the parent is the parent.</summary>
    SecondChild,

    /// <summary>Host: what init is to do.</summary>
    Request,

    /// <summary>Host: the cgroups are made; the files by which init enters those of version 1 come along.</summary>
    Cgroups,

    /// <summary>Host: the network namespace, as a descriptor, where <see cref="InitRequest.AwaitsNetwork"/>.</summary>
    Network,

    /// <summary>Host: the filter of system calls (<see cref="Seccomp.SeccompFilter"/>), where the configuration has a profile; empty where that filters nothing.</summary>
    Filter,

    /// <summary>Init: it may not look at the source of a bind mount (its place among the mounts), as the user of its user namespace.</summary>
    NeedsTree,

    /// <summary>Host: a copy of that mount, as a descriptor; without one where it cannot be had.</summary>
    Tree,

    /// <summary>Init: everything is mounted and not yet entered: run the hooks that are the host's.</summary>
    RunHooks,

    /// <summary>Init: the container is made and waits to be started.</summary>
    Ready,

    /// <summary>Host: go on.</summary>
    Proceed,

    /// <summary>Init: it failed; the text says at what and why.</summary>
    Failure,
}
