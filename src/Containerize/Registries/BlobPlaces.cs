using System.Text;
using Containerize.Oci;

namespace Containerize.Registries;

/// <summary>Which repositories of a registry have which blobs, as far as this machine has pushed them: a file of lines, "digest repository".</summary>
/// <remarks>Read when a blob is missing somewhere, and not before. It is a hint: a repository that has lost the blob refuses the mount.</remarks>
internal sealed class BlobPlaces(string? directory, string registry)
{
    private const long MostBytes = 256 * 1024;
    private const int MostPlaces = 4;
    private readonly string? _path = directory is null ? null : Path.Combine(directory, Uri.EscapeDataString(registry));
    private readonly Lock _one = new();
    private string[]? _lines;

    /// <summary>The repositories that got the blob, the last first.</summary>
    internal IReadOnlyList<string> Of(Digest digest)
    {
        var found = new List<string>();
        if (_path is null)
        {
            return found;
        }

        var start = $"{digest} ";
        lock (_one)
        {
            _lines ??= Read();
            for (var i = _lines.Length - 1; i >= 0 && found.Count < MostPlaces; i--)
            {
                // Only what can be a repository, whoever wrote the file.
                if (_lines[i].StartsWith(start, StringComparison.Ordinal)
                    && _lines[i][start.Length..] is var repository
                    && ReferenceGrammar.Objection(registry, repository, repository) is null
                    && !found.Contains(repository))
                {
                    found.Add(repository);
                }
            }
        }

        return found;
    }

    /// <summary>Notes blobs that a repository has got now.</summary>
    internal void Add(string repository, IReadOnlyList<Digest> blobs)
    {
        if (_path is null || blobs.Count == 0)
        {
            return;
        }

        var text = new StringBuilder();
        foreach (var blob in blobs)
        {
            text.Append(blob).Append(' ').Append(repository).Append('\n');
        }

        lock (_one)
        {
            _lines = null;
            try
            {
                Directory.CreateDirectory(directory!);
                // One write at the end of the file: several processes may do so at once.
                File.AppendAllText(_path, text.ToString());
                if (new FileInfo(_path).Length > MostBytes)
                {
                    var lines = Read();
                    Layers.AtomicFile.TryWrite(_path, Encoding.UTF8.GetBytes(string.Join('\n', lines.AsSpan(lines.Length / 2).ToArray()) + "\n"));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // What is not remembered is sent.
            }
        }
    }

    private string[] Read()
    {
        try
        {
            return File.Exists(_path) && new FileInfo(_path).Length <= 2 * MostBytes ? File.ReadAllText(_path).Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
