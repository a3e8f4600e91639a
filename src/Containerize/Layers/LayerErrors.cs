namespace Containerize.Layers;

/// <summary>The failures of layers and their input files, CTZ2001 to CTZ2007.</summary>
internal static class LayerErrors
{
    public static ContainerizeException Duplicate(string layer, LayerEntry first, LayerEntry second) =>
        new(
            2001,
            $"planning the layer '{layer}'",
            $"two entries want the path '{Show(first.Path)}': {Origin(first)} and {Origin(second)}",
            "Leave one of them out, or give it another target path.");

    public static ContainerizeException Path(string layer, LayerEntry entry, string why) =>
        new(
            2002,
            $"planning the layer '{layer}': the path '{Show(entry.Path)}' of {Origin(entry)}",
            why,
            "Give the file a relative target path with '/' between its parts.");

    public static ContainerizeException Unreadable(string path, Exception e) =>
        new(
            2003,
            $"reading {Show(path)} for a layer",
            e.Message.TrimEnd('.'),
            "Check that it exists and that you may read it; build again if it was removed meanwhile.",
            e);

    public static ContainerizeException Changed(string origin, string how) =>
        new(
            2004,
            $"reading {Show(origin)} for a layer",
            $"it changed meanwhile: {how}",
            "Build again when nothing else writes to it.");

    public static ContainerizeException NotUtf8(string directory, string escapedName) =>
        new(
            2005,
            $"reading the folder {directory} for a layer",
            $"the name of the file '{escapedName}' is not valid UTF-8 (\\x.. are its bytes), and .NET cannot open it",
            "Rename the file or leave it out.");

    public static ContainerizeException NotRegular(string path, string what) =>
        new(
            2006,
            $"reading {Show(path)} for a layer",
            $"it is {what}, not a regular file",
            "Leave it out; an image has only files, directories and links.");

    public static ContainerizeException Entry(string layer, LayerEntry entry, string why) =>
        new(
            2007,
            $"planning the layer '{layer}': the entry '{Show(entry.Path)}' of {Origin(entry)}",
            why,
            "Correct the entry or leave it out.");

    /// <summary>Where an entry is from, for messages.</summary>
    public static string Origin(LayerEntry entry) => entry switch
    {
        { Content: { } content } => Show(content.Origin),
        { LinkTarget: { } target } => $"a link to '{Show(target)}'",
        _ => "a directory",
    };

    /// <summary>A path without characters that could break or forge a line of the log.</summary>
    public static string Show(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.Contains('\x7f', StringComparison.Ordinal))
        {
            return text;
        }

        return string.Concat(text.Select(c => char.IsControl(c) ? $"\\x{(int)c:x2}" : c.ToString()));
    }
}
