using Containerize.Layers;

namespace Containerize.Base.Maker;

/// <summary>Puts the entries of one layer together: what is kept of each package, its licence, and its record for scanners.</summary>
internal sealed class LayerContents
{
    private readonly SortedDictionary<string, LayerEntry> _entries = new(StringComparer.Ordinal);

    /// <summary>The entries; folders that nothing is said about are left to the layer's writer.</summary>
    public IReadOnlyList<LayerEntry> Entries => [.. _entries.Values];

    public void Add(IEnumerable<LayerEntry> entries)
    {
        foreach (var entry in entries)
        {
            Add(entry);
        }
    }

    public void Add(Contents contents, DebianPackage package)
    {
        var kept = package.Files.Where(f => contents.Has(f.Path)).ToList();
        if (kept.Count == 0)
        {
            throw new MakingFailed($"Nothing of {contents.Package} is kept: its files are not where the base looks for them.");
        }

        Add(kept);
        if (contents.Package == "ca-certificates")
        {
            Add(Certificates.Made(kept.Where(f => f.Path.EndsWith(".crt", StringComparison.Ordinal))));
        }

        // One file per package in status.d, as in other images without dpkg; trivy, syft and grype read it.
        var control = package.Control.TrimEnd('\n').Split('\n');
        Add(Skeleton.Text($"var/lib/dpkg/status.d/{contents.Package}", string.Join('\n', [control[0], "Status: install ok installed", .. control[1..]]) + "\n"));
        var there = kept.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        var sums = package.Md5Sums.Where(l => l.Length > 34 && there.Contains(DebianPackage.Merged(l[34..])));
        Add(Skeleton.Text($"var/lib/dpkg/status.d/{contents.Package}.md5sums", string.Concat(sums.Select(l => l + "\n"))));
    }

    private void Add(IEnumerable<DebianFile> files)
    {
        foreach (var file in files)
        {
            Add(file.Bytes is { } bytes ? Skeleton.File(file.Path, file.Mode, bytes) : Skeleton.Link(file.Path, file.LinkTarget!));
        }
    }

    private void Add(LayerEntry entry)
    {
        if (!_entries.TryAdd(entry.Path, entry))
        {
            throw new MakingFailed($"/{entry.Path} comes from two packages.");
        }
    }
}
