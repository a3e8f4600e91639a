namespace Containerize.Layers;

/// <summary>What an entry must be to enter a layer.</summary>
internal static class EntryRules
{
    // OCI image-spec layer.md "Whiteouts": a name with this prefix deletes, it does not create.
    private const string WhiteoutPrefix = ".wh.";

    public static void Check(string layer, LayerEntry entry)
    {
        var path = entry.Path;
        if (WhyNot(path) is { } why)
        {
            throw LayerErrors.Path(layer, entry, why);
        }

        if (path.Contains('\uFFFD', StringComparison.Ordinal) && entry.Content is DiskContent disk && !File.Exists(disk.SourcePath))
        {
            throw RawNames.NotUtf8(disk.SourcePath);
        }

        var problem = entry.Kind switch
        {
            LayerEntryKind.File when entry.Content is null => "it is a file without content",
            LayerEntryKind.File when entry.Content.Size < 0 => "its size is negative",
            LayerEntryKind.SymbolicLink when string.IsNullOrEmpty(entry.LinkTarget) => "it is a link to nothing",
            LayerEntryKind.SymbolicLink when entry.LinkTarget.Contains('\0', StringComparison.Ordinal) => "its link target contains a NUL character",
            LayerEntryKind.SymbolicLink when !IsUnicode(entry.LinkTarget) => "its link target is not valid Unicode",
            not (LayerEntryKind.File or LayerEntryKind.Directory or LayerEntryKind.SymbolicLink) => "its kind is unknown",
            _ when entry.Kind != LayerEntryKind.File && entry.Content is not null => "it has content but is not a file",
            _ when entry.Kind != LayerEntryKind.SymbolicLink && entry.LinkTarget is not null => "it has a link target but is not a link",
            _ when (entry.Mode & ~EntryMode.All) != 0 => "its mode is not between 0 and 07777",
            _ when entry.Uid < 0 || entry.Gid < 0 => "its owner is negative",
            _ => null,
        };
        if (problem is not null)
        {
            throw LayerErrors.Entry(layer, entry, problem);
        }
    }

    private static string? WhyNot(string path)
    {
        if (path.Length == 0)
        {
            return "it is empty";
        }

        if (path[0] == '/')
        {
            return "it is absolute";
        }

        if (path.Length > 1 && path[1] == ':' && char.IsAsciiLetter(path[0]))
        {
            return "it has a drive letter";
        }

        if (path.Contains('\\', StringComparison.Ordinal))
        {
            return "it contains a backslash, which is a separator on some systems and none on others";
        }

        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return "it contains a NUL character";
        }

        if (!IsUnicode(path))
        {
            return "it is not valid Unicode";
        }

        foreach (var range in path.AsSpan().Split('/'))
        {
            switch (path.AsSpan(range))
            {
                case "":
                    return "it has an empty part";
                case "." or "..":
                    return "it has a part '.' or '..'";
                case var part when part.StartsWith(WhiteoutPrefix, StringComparison.Ordinal):
                    return "a name that starts with '.wh.' is a whiteout: it would delete a file of the image";
            }
        }

        return null;
    }

    // A lone surrogate has no UTF-8 form.
    private static bool IsUnicode(string text)
    {
        for (var i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return false;
            }

            i++;
        }

        return true;
    }
}
