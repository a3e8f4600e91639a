namespace Containerize.Containers;

/// <summary>The kinds of networks.</summary>
public static class NetworkKind
{
    /// <summary>The host's own.</summary>
    public const string Host = "host";

    /// <summary>A loopback interface and nothing else.</summary>
    public const string None = "none";

    /// <summary>Another container's.</summary>
    public const string Container = "container";

    /// <summary>Its own, with ports that the host offers, and the outside where a program for it is installed.</summary>
    public const string Private = "private";

    /// <summary>As private, and one more that containers share.</summary>
    public const string Named = "named";
}
