namespace Containerize.Containers;

/// <summary>What the monitor of a local container has to do: plan.json in the container's directory, written once by the tool.</summary>
public sealed record ContainerPlan
{
    /// <summary>The container's id: 64 hexadecimal digits.</summary>
    public string Id { get; init; } = "";

    /// <summary>How the root filesystem comes about.</summary>
    public RootPlan Root { get; init; } = new();

    /// <summary>Its network.</summary>
    public NetworkPlan Network { get; init; } = new();

    /// <summary>Whether it is started again when it ends.</summary>
    public RestartPlan Restart { get; init; } = new();

    /// <summary>The health check; null: none.</summary>
    public HealthPlan? Health { get; init; }

    /// <summary>Where its output goes.</summary>
    public LogPlan Log { get; init; } = new();

    /// <summary>Whether its standard input stays open for those who attach.</summary>
    public bool OpenInput { get; init; }

    /// <summary>Whether the container goes away when it ends.</summary>
    public bool AutoRemove { get; init; }

    /// <summary>Directories that go with it then: volumes without a name.</summary>
    public IReadOnlyList<string>? AnonymousVolumes { get; init; }

    /// <summary>Volumes that get the image's files before the first start.</summary>
    public IReadOnlyList<SeedPlan>? Seeds { get; init; }

    /// <summary>The number of the signal that asks it to end.</summary>
    public int StopSignal { get; init; } = 15;

    /// <summary>How long it has to end after that, in seconds; below zero: for ever.</summary>
    public int StopTimeout { get; init; } = 10;
}
