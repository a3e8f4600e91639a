using Containerize.Layers;
using Containerize.Oci;

namespace Containerize.Planning;

/// <summary>What the user asked of the image, read and checked (docs/settings.md); nothing in it depends on the base or on the files.</summary>
public sealed record ImageSettings
{
    /// <summary>ContainerBaseImage; null where the base is inferred.</summary>
    public string? BaseImage { get; init; }

    /// <summary>ContainerFamily; null for the embedded base.</summary>
    public string? Family { get; init; }

    /// <summary>ContainerImageFormat: true Docker, false OCI, null as the base has it.</summary>
    public bool? DockerFormat { get; init; }

    /// <summary>ContainerCompression.</summary>
    public LayerCompression Compression { get; init; }

    /// <summary>ContainerWorkingDirectory, with no trailing '/': the app's folder and the working directory.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>ContainerUser; null for the base's.</summary>
    public string? User { get; init; }

    /// <summary>What starts the container.</summary>
    public required CommandSettings Command { get; init; }

    /// <summary>ContainerEnvironmentVariable, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>ContainerLabel, in order; later ones win.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>ContainerPort: <c>8080/tcp</c>.</summary>
    public IReadOnlyList<string> Ports { get; init; } = [];

    /// <summary>ContainerVolume: absolute paths.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>ContainerStopSignal; null for the base's.</summary>
    public string? StopSignal { get; init; }

    /// <summary>ContainerHealthcheck and its times; null for the base's.</summary>
    public Healthcheck? Healthcheck { get; init; }

    /// <summary>ContainerAnnotation on the manifest.</summary>
    public IReadOnlyDictionary<string, string> ManifestAnnotations { get; init; } = new Dictionary<string, string>();

    /// <summary>ContainerAnnotation on the index.</summary>
    public IReadOnlyDictionary<string, string> IndexAnnotations { get; init; } = new Dictionary<string, string>();

    /// <summary>ContainerFile: files from outside the publish output.</summary>
    public IReadOnlyList<SettingItem> Files { get; init; } = [];

    /// <summary>ContainerWritableDirectory: folders that belong to the container's user.</summary>
    public IReadOnlyList<SettingItem> WritableDirectories { get; init; } = [];

    /// <summary>SOURCE_DATE_EPOCH; null where the image has no time.</summary>
    public DateTimeOffset? SourceDate { get; init; }
}

/// <summary>The settings of what starts the container, as the SDK has them.</summary>
public sealed record CommandSettings
{
    /// <summary>ContainerAppCommandInstruction: Entrypoint, DefaultArgs, None, or null for the default.</summary>
    public string? Instruction { get; init; }

    /// <summary>ContainerAppCommand.</summary>
    public IReadOnlyList<string> AppCommand { get; init; } = [];

    /// <summary>ContainerAppCommandArgs.</summary>
    public IReadOnlyList<string> AppCommandArgs { get; init; } = [];

    /// <summary>ContainerDefaultArgs.</summary>
    public IReadOnlyList<string> DefaultArgs { get; init; } = [];

    /// <summary>ContainerEntrypoint.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>ContainerEntrypointArgs.</summary>
    public IReadOnlyList<string> EntrypointArgs { get; init; } = [];
}
