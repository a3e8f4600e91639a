using System.Text.Json;
using System.Text.Json.Serialization;

namespace Containerize.Oci;

/// <summary>An image configuration (image-spec config.md, and Docker's additions to it).</summary>
public sealed record ImageConfig
{
    /// <summary>When the image was made, RFC 3339; absent in our images unless SOURCE_DATE_EPOCH asks for it.</summary>
    [JsonPropertyName("created")]
    public string? Created { get; init; }

    /// <summary>Who made the image.</summary>
    [JsonPropertyName("author")]
    public string? Author { get; init; }

    /// <summary>The CPU (see <see cref="Platform"/>).</summary>
    [JsonPropertyName("architecture")]
    public string Architecture { get; init; } = "";

    /// <summary>The CPU variant.</summary>
    [JsonPropertyName("variant")]
    public string? Variant { get; init; }

    /// <summary>The operating system.</summary>
    [JsonPropertyName("os")]
    public string Os { get; init; } = "";

    /// <summary>The Windows build.</summary>
    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    /// <summary>How to run a container of it.</summary>
    [JsonPropertyName("config")]
    public ContainerConfig? Config { get; init; }

    /// <summary>The layers' digests, uncompressed.</summary>
    [JsonPropertyName("rootfs")]
    public RootFs RootFs { get; init; } = new();

    /// <summary>What made each layer, lowest first.</summary>
    [JsonPropertyName("history")]
    public IReadOnlyList<History>? History { get; init; }

    /// <summary>What we do not know, kept.</summary>
    // "set": the source generator makes constructor parameters of init properties, which extension data cannot be.
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    /// <summary>The platform that the configuration names.</summary>
    [JsonIgnore]
    public Platform Platform => new() { Os = Os, Architecture = Architecture, Variant = Variant, OsVersion = OsVersion };
}

/// <summary>How to run a container of an image (image-spec config.md, "config").</summary>
public sealed record ContainerConfig
{
    /// <summary>user[:group], by name or number.</summary>
    [JsonPropertyName("User")]
    public string? User { get; init; }

    /// <summary>Ports, <c>8080/tcp</c>.</summary>
    [JsonPropertyName("ExposedPorts")]
    public SortedDictionary<string, EmptyObject>? ExposedPorts { get; init; }

    /// <summary>Environment, NAME=value, in order.</summary>
    [JsonPropertyName("Env")]
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>The entrypoint.</summary>
    [JsonPropertyName("Entrypoint")]
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>The default arguments, or the command where there is no entrypoint.</summary>
    [JsonPropertyName("Cmd")]
    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary>Volumes, by absolute path.</summary>
    [JsonPropertyName("Volumes")]
    public SortedDictionary<string, EmptyObject>? Volumes { get; init; }

    /// <summary>The working directory.</summary>
    [JsonPropertyName("WorkingDir")]
    public string? WorkingDir { get; init; }

    /// <summary>Labels, sorted by key.</summary>
    [JsonPropertyName("Labels")]
    public SortedDictionary<string, string>? Labels { get; init; }

    /// <summary>The signal that asks the container to stop.</summary>
    [JsonPropertyName("StopSignal")]
    public string? StopSignal { get; init; }

    /// <summary>The health check (Docker's extension; podman honours it in OCI images too where the format is Docker's).</summary>
    [JsonPropertyName("Healthcheck")]
    public Healthcheck? Healthcheck { get; init; }

    /// <summary>The shell of shell-form instructions (Docker's extension).</summary>
    [JsonPropertyName("Shell")]
    public IReadOnlyList<string>? Shell { get; init; }

    /// <summary>Instructions for images built on this one (Docker's extension).</summary>
    [JsonPropertyName("OnBuild")]
    public IReadOnlyList<string>? OnBuild { get; init; }

    /// <summary>What we do not know, kept.</summary>
    // "set": the source generator makes constructor parameters of init properties, which extension data cannot be.
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>A health check; all times in nanoseconds (Docker image spec v1.2, "Healthcheck"). As in Docker, 0 is what is not said.</summary>
public sealed record Healthcheck
{
    /// <summary>["NONE"], ["CMD", args...] or ["CMD-SHELL", command].</summary>
    [JsonPropertyName("Test")]
    public IReadOnlyList<string>? Test { get; init; }

    /// <summary>Time between checks.</summary>
    [JsonPropertyName("Interval")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Interval { get; init; }

    /// <summary>Time after which a check counts as failed.</summary>
    [JsonPropertyName("Timeout")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Timeout { get; init; }

    /// <summary>Time in which failures do not count.</summary>
    [JsonPropertyName("StartPeriod")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long StartPeriod { get; init; }

    /// <summary>Time between checks during the start period.</summary>
    [JsonPropertyName("StartInterval")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long StartInterval { get; init; }

    /// <summary>Failures in a row that make the container unhealthy.</summary>
    [JsonPropertyName("Retries")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Retries { get; init; }
}

/// <summary>The layers' digests, uncompressed (image-spec config.md, "rootfs").</summary>
public sealed record RootFs
{
    /// <summary>Always "layers".</summary>
    [JsonPropertyName("type")]
    public string Type { get; init; } = "layers";

    /// <summary>The digest of each layer's tar, lowest first.</summary>
    [JsonPropertyName("diff_ids")]
    public IReadOnlyList<Digest> DiffIds { get; init; } = [];
}

/// <summary>What made a layer (image-spec config.md, "history").</summary>
public sealed record History
{
    /// <summary>When, RFC 3339.</summary>
    [JsonPropertyName("created")]
    public string? Created { get; init; }

    /// <summary>The command that made it.</summary>
    [JsonPropertyName("created_by")]
    public string? CreatedBy { get; init; }

    /// <summary>Who made it.</summary>
    [JsonPropertyName("author")]
    public string? Author { get; init; }

    /// <summary>A remark.</summary>
    [JsonPropertyName("comment")]
    public string? Comment { get; init; }

    /// <summary>True where the step made no layer.</summary>
    [JsonPropertyName("empty_layer")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool EmptyLayer { get; init; }
}

/// <summary>Go's <c>struct{}</c>: an object with nothing in it.</summary>
public sealed record EmptyObject;
