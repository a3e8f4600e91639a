namespace Containerize.Layers;

/// <summary>All that decides a layer's bytes: complete, checked, and in the order in which it is written.</summary>
public sealed record LayerSpec
{
    /// <summary>The modification time of entries where none is given: one second after 1970-01-01T00:00:00Z.</summary>
    /// <remarks>
    /// Not 0, which many programs take for "no time" or "no such file" (so Jib, docs/faq.md "Why is my image created 48+ years ago?").
    /// One fixed time has a price: ASP.NET Core's UseStaticFiles makes its ETag of time and length, so a static file that changes
    /// without changing its length looks unchanged to browsers; MapStaticAssets uses content hashes and has no such trouble.
    /// Pass another time (SOURCE_DATE_EPOCH) where that matters.
    /// </remarks>
    public static readonly DateTimeOffset DefaultTime = DateTimeOffset.FromUnixTimeSeconds(1);

    private LayerSpec()
    {
    }

    /// <summary>What people call the layer, such as <c>packages</c>; no part of its bytes.</summary>
    public string Name { get; init; } = "";

    /// <summary>The entries: parents first, ordered by the bytes of their UTF-8 paths, no path twice.</summary>
    public IReadOnlyList<LayerEntry> Entries { get; private init; } = [];

    /// <summary>The modification time of every entry, in whole seconds from 1970 on.</summary>
    public DateTimeOffset ModifiedTime { get; private init; }

    /// <summary>Whose layer it is, such as a project's path with its configuration; the cache drops older layers of one scope and name.</summary>
    public string Scope { get; init; } = "";

    /// <summary>What is allowed but will trouble someone: paths that differ only in case.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>
    /// Checks, completes and orders entries: missing parents at or below <paramref name="parentsFrom"/> become directories (0755, owner 0:0);
    /// a path that is taken twice is CTZ2001, one that leaves the root, is a whiteout or is no path CTZ2002, a name that is not UTF-8 CTZ2005,
    /// an incomplete entry CTZ2007.
    /// </summary>
    /// <param name="name">What people call the layer.</param>
    /// <param name="entries">The entries, in any order.</param>
    /// <param name="modifiedTime">The time of every entry; earlier than 1970 becomes 1970, parts of a second are dropped.</param>
    /// <param name="scope">See <see cref="Scope"/>.</param>
    /// <param name="parentsFrom">
    /// The folder from which on directories are this layer's to describe, relative as paths are; "" for all, null for none. Above it they are the
    /// base's: an entry for them would change their owner and mode, or replace a link such as /lib of a merged-usr system by a directory.
    /// </param>
    public static LayerSpec Create(
        string name, IEnumerable<LayerEntry> entries, DateTimeOffset? modifiedTime = null, string scope = "", string? parentsFrom = "")
    {
        var byPath = new Dictionary<string, LayerEntry>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            EntryRules.Check(name, entry);
            if (!byPath.TryAdd(entry.Path, entry))
            {
                throw LayerErrors.Duplicate(name, byPath[entry.Path], entry);
            }
        }

        AddParents(name, byPath, parentsFrom);
        var ordered = byPath.Values.ToArray();
        Array.Sort(ordered, static (a, b) => Utf8Order.Instance.Compare(a.Path, b.Path));
        var seconds = Math.Max(0, (modifiedTime ?? DefaultTime).ToUnixTimeSeconds());
        return new LayerSpec
        {
            Name = name,
            Entries = ordered,
            ModifiedTime = DateTimeOffset.FromUnixTimeSeconds(seconds),
            Scope = scope,
            Warnings = Twins(ordered),
        };
    }

    private static void AddParents(string name, Dictionary<string, LayerEntry> byPath, string? from)
    {
        foreach (var entry in byPath.Values.ToArray())
        {
            var child = entry;
            for (var slash = child.Path.LastIndexOf('/'); slash > 0; slash = child.Path.LastIndexOf('/'))
            {
                var path = child.Path[..slash];
                if (byPath.TryGetValue(path, out var parent))
                {
                    if (parent.Kind != LayerEntryKind.Directory)
                    {
                        throw LayerErrors.Entry(name, child, $"its parent '{LayerErrors.Show(path)}' is not a directory but {LayerErrors.Origin(parent)}");
                    }

                    break; // whose own parents are there or come later in the outer loop
                }

                child = new LayerEntry { Path = path, Kind = LayerEntryKind.Directory, Mode = EntryMode.Directory };
                if (from is not null && IsWithin(path, from))
                {
                    byPath.Add(path, child);
                }
            }
        }
    }

    private static bool IsWithin(string path, string folder) =>
        folder.Length == 0 || path == folder || (path.StartsWith(folder, StringComparison.Ordinal) && path[folder.Length] == '/');

    // Windows and macOS have one file for both names. Unicode forms are not compared: .NET without ICU cannot, and what one build warns of, all should.
    private static List<string> Twins(LayerEntry[] ordered)
    {
        var warnings = new List<string>();
        var seen = new Dictionary<string, string>(ordered.Length, StringComparer.OrdinalIgnoreCase);
        foreach (var entry in ordered)
        {
            if (!seen.TryAdd(entry.Path, entry.Path))
            {
                warnings.Add(
                    $"'{LayerErrors.Show(seen[entry.Path])}' and '{LayerErrors.Show(entry.Path)}' differ only in case: " +
                    "unpacked on Windows or macOS, one replaces the other");
            }
        }

        return warnings;
    }
}
