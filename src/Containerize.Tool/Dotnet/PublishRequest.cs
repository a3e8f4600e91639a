namespace Containerize.Tool.Dotnet;

/// <summary>What the user asked of <c>build</c> or <c>plan</c>.</summary>
internal sealed record PublishRequest
{
    /// <summary>The project file.</summary>
    internal required string Project { get; init; }

    /// <summary>-c.</summary>
    internal string? Configuration { get; init; }

    /// <summary>-f.</summary>
    internal string? Framework { get; init; }

    /// <summary>-r.</summary>
    internal string? RuntimeIdentifier { get; init; }

    /// <summary>--os.</summary>
    internal string? OperatingSystem { get; init; }

    /// <summary>--arch.</summary>
    internal string? Architecture { get; init; }

    /// <summary>-p, each <c>NAME=VALUE</c>, for MSBuild as they are.</summary>
    internal IReadOnlyList<string> Properties { get; init; } = [];

    /// <summary>-t, each <c>TAG</c> or <c>NAME[:TAG]</c>.</summary>
    internal IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>--no-restore.</summary>
    internal bool NoRestore { get; init; }

    /// <summary>--no-build.</summary>
    internal bool NoBuild { get; init; }

    /// <summary>-v.</summary>
    internal Verbosity Verbosity { get; init; } = Verbosity.Minimal;
}
