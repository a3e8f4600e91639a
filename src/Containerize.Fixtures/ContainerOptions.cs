namespace Containerize.Testing;

/// <summary>What a test's container is: begun by <see cref="ContainerFixture.ForImage"/> or <see cref="ContainerFixture.ForProject"/>, and said more of by <c>with</c>.</summary>
public sealed record ContainerOptions
{
    internal ContainerOptions(string? image, string? project) => (Image, Project) = (image, project);

    /// <summary>The image; null for a project.</summary>
    public string? Image { get; }

    /// <summary>The path of the project that is built and started; null for an image.</summary>
    public string? Project { get; }

    /// <summary>The container's ports that can be reached from the test, each at a free port of 127.0.0.1.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>Environment variables beside the image's.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>What is mounted, in docker's words: <c>/host/folder:/data:ro</c>, <c>./relative/to/the/test/project:/data</c>, <c>volume:/data</c>.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>The command or its arguments, instead of the image's.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Who it runs as, <c>user[:group]</c>; null: as the image says.</summary>
    public string? User { get; init; }

    /// <summary>A network by whose members it can be reached by its alias, made where there is none; null: a network of its own.</summary>
    public string? Network { get; init; }

    /// <summary>Its name in <see cref="Network"/>.</summary>
    public string? NetworkAlias { get; init; }

    /// <summary>More options of <c>dotnet containerize run</c>, for all that has no property here.</summary>
    public IReadOnlyList<string> RunOptions { get; init; } = [];

    /// <summary>What is waited for, one after the other; null: that something listens on each of <see cref="Ports"/>.</summary>
    public IReadOnlyList<WaitCondition>? Wait { get; init; }

    /// <summary>How long it may take from the start until all of <see cref="Wait"/> is so.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the image may take to be pulled, or the project to be built.</summary>
    public TimeSpan PrepareTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long it has to end by itself when it is stopped; what is disposed of is not asked.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The program that runs containers; null: CONTAINERIZE_TOOL, else the package's own, else dotnet-containerize on PATH.</summary>
    public string? Tool { get; init; }

    internal IReadOnlyList<WaitCondition> Conditions => Wait ?? [.. Ports.Select(WaitFor.Port)];

    internal string Subject => Image is null ? $"the project '{Project}'" : $"the image '{Image}'";
}
