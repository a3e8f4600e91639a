using System.Text;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Containers;

/// <summary>The layers that were staged for one project under one name, the last first: a line of key and diff id for each.</summary>
/// <remarks>It is only a memory: where it is lost, damaged, or written by two at once, a layer is made again and found to be there.</remarks>
internal sealed class StagedRecord
{
    private const int MostBytes = 64 * 1024;

    // The one before the last is what a change back needs, and what a container that is being replaced still has.
    private const int Kept = 2;
    private const int MostLines = 100;

    private readonly string _path;
    private readonly List<Line> _lines = [];

    private StagedRecord(string path) => _path = path;

    private sealed record Line(string Key, Digest DiffId);

    /// <summary>Whether nothing was staged yet.</summary>
    public bool IsEmpty => _lines.Count == 0;

    /// <summary>The layers that newer ones have superseded.</summary>
    public IEnumerable<Digest> Superseded => _lines.Skip(Kept).Select(l => l.DiffId).Except(_lines.Take(Kept).Select(l => l.DiffId));

    public static StagedRecord Read(string path)
    {
        var record = new StagedRecord(path);
        var text = Encoding.UTF8.GetString(AtomicFile.TryRead(path, MostBytes) ?? []);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is [var key, var digest] && Digest.TryParse(digest, out var diffId))
            {
                record._lines.Add(new Line(key, diffId));
            }
        }

        return record;
    }

    /// <summary>The layer of a content; null where it is not known.</summary>
    public Digest? Find(string key) => _lines.Find(l => l.Key == key)?.DiffId;

    /// <summary>Notes a layer as the last.</summary>
    public void Use(string key, Digest diffId)
    {
        var line = new Line(key, diffId);
        if (_lines.Count > 0 && _lines[0] == line)
        {
            return;
        }

        _lines.RemoveAll(l => l.Key == key);
        _lines.Insert(0, line);
        Save();
    }

    /// <summary>Forgets a layer that is gone.</summary>
    public void Forget(Digest diffId)
    {
        _lines.RemoveAll(l => l.DiffId == diffId);
        Save();
    }

    private void Save() =>
        AtomicFile.Write(_path, Encoding.UTF8.GetBytes(string.Concat(_lines.Take(MostLines).Select(l => $"{l.Key} {l.DiffId}\n"))));
}
