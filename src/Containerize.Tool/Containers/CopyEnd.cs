namespace Containerize.Tool.Containers;

/// <summary>One of the two things that <c>cp</c> is given: <c>CONTAINER:PATH</c>, a path on this machine, or <c>-</c>.</summary>
/// <param name="Container">The container; null: it is here.</param>
/// <param name="Path">The path.</param>
internal sealed record CopyEnd(string? Container, string Path)
{
    /// <summary>Whether it is a tar that goes through standard input or output.</summary>
    internal bool IsStream => Container is null && Path == "-";

    /// <summary>Reads it as docker does: what begins with a slash or a dot is here, whatever colons it has.</summary>
    internal static CopyEnd Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon <= 0 || text[0] is '/' or '.' ? new CopyEnd(null, text) : new CopyEnd(text[..colon], text[(colon + 1)..]);
    }
}
