namespace Containerize.Runtime;

/// <summary>A line of the log in JSON, with the names that containerd reads.</summary>
internal sealed record LogLine
{
    /// <summary>error or warning.</summary>
    public string Level { get; init; } = "";

    /// <summary>What is told.</summary>
    public string Msg { get; init; } = "";

    /// <summary>When; RFC 3339.</summary>
    public string Time { get; init; } = "";
}
