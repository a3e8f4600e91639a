using System.Text.Json.Serialization;

namespace Containerize.Oci.Runtime;

/// <summary>A bundle's config.json: everything that a runtime needs to make a container (runtime-spec 1.2, config.md and config-linux.md).</summary>
/// <remarks>What is absent is null; nothing is checked here: the runtime checks what it is about to use.</remarks>
public sealed record RuntimeSpec
{
    /// <summary>The version of the specification, SemVer 2.0.</summary>
    public string? OciVersion { get; init; }

    /// <summary>What runs in the container; absent where a container is created that nobody starts.</summary>
    public ProcessSpec? Process { get; init; }

    /// <summary>The root filesystem.</summary>
    public RootSpec? Root { get; init; }

    /// <summary>The host name, of the container's own UTS namespace.</summary>
    public string? Hostname { get; init; }

    /// <summary>The NIS domain name, of the container's own UTS namespace.</summary>
    public string? Domainname { get; init; }

    /// <summary>Mounts beside the root, in the order in which they are made.</summary>
    public IReadOnlyList<MountSpec>? Mounts { get; init; }

    /// <summary>Programs that run at points of the container's life.</summary>
    public HooksSpec? Hooks { get; init; }

    /// <summary>Annotations; the runtime hands them on in its state.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>What only Linux has.</summary>
    public LinuxSpec? Linux { get; init; }
}

/// <summary>The root filesystem of a container (config.md, Root).</summary>
public sealed record RootSpec
{
    /// <summary>The path, absolute or relative to the bundle.</summary>
    public string? Path { get; init; }

    /// <summary>Whether the container may not write to it.</summary>
    [JsonPropertyName("readonly")]
    public bool ReadOnly { get; init; }
}

/// <summary>One mount (config.md, Mounts).</summary>
public sealed record MountSpec
{
    /// <summary>Where in the container; absolute.</summary>
    public string? Destination { get; init; }

    /// <summary>The kind of filesystem; "bind" or absent for a bind mount.</summary>
    public string? Type { get; init; }

    /// <summary>The device, or the path on the host for bind mounts, which may be relative to the bundle.</summary>
    public string? Source { get; init; }

    /// <summary>Mount options in the words of mount(8), and those of the specification.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>The user ids of an idmapped mount.</summary>
    public IReadOnlyList<IdMapping>? UidMappings { get; init; }

    /// <summary>The group ids of an idmapped mount.</summary>
    public IReadOnlyList<IdMapping>? GidMappings { get; init; }
}

/// <summary>A run of ids in a container and the ids on the host that they stand for (user_namespaces(7)).</summary>
public sealed record IdMapping
{
    /// <summary>The first id in the container.</summary>
    [JsonPropertyName("containerID")]
    public uint ContainerId { get; init; }

    /// <summary>The first id on the host.</summary>
    [JsonPropertyName("hostID")]
    public uint HostId { get; init; }

    /// <summary>How many ids.</summary>
    public uint Size { get; init; }
}

/// <summary>Hooks, each kind in its order (config.md, POSIX-platform Hooks).</summary>
public sealed record HooksSpec
{
    /// <summary>Deprecated: with those of createRuntime, before them, in the runtime's namespaces.</summary>
    public IReadOnlyList<HookSpec>? Prestart { get; init; }

    /// <summary>After the namespaces are made and before pivot_root, in the runtime's namespaces.</summary>
    public IReadOnlyList<HookSpec>? CreateRuntime { get; init; }

    /// <summary>After createRuntime and before pivot_root, in the container's namespaces, resolved in the runtime's.</summary>
    public IReadOnlyList<HookSpec>? CreateContainer { get; init; }

    /// <summary>In start, before the user's program, in the container.</summary>
    public IReadOnlyList<HookSpec>? StartContainer { get; init; }

    /// <summary>After the user's program has started, in the runtime's namespaces.</summary>
    public IReadOnlyList<HookSpec>? Poststart { get; init; }

    /// <summary>After the container is deleted, in the runtime's namespaces.</summary>
    public IReadOnlyList<HookSpec>? Poststop { get; init; }
}

/// <summary>One hook (config.md, POSIX-platform Hooks).</summary>
public sealed record HookSpec
{
    /// <summary>The program; absolute.</summary>
    public string? Path { get; init; }

    /// <summary>Its arguments, the program's own name first.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Its whole environment.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>The seconds after which it is ended; above zero.</summary>
    public int? Timeout { get; init; }
}
