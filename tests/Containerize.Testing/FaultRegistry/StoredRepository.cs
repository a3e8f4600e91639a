using System.Collections.Concurrent;
using Containerize.Oci;

namespace Containerize.Testing;

/// <summary>One repository.</summary>
public sealed class StoredRepository
{
    private readonly ConcurrentDictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StoredManifest> _manifests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Digest> _tags = new(StringComparer.Ordinal);

    /// <summary>The tags, in the order of their bytes.</summary>
    public IReadOnlyList<string> Tags => [.. _tags.Keys.Order(StringComparer.Ordinal)];

    /// <summary>All manifests.</summary>
    public IReadOnlyList<StoredManifest> Manifests => [.. _manifests.Values];

    /// <summary>How many blobs it has.</summary>
    public int BlobCount => _blobs.Count;

    /// <summary>A blob; null where it has not got it.</summary>
    public byte[]? Blob(Digest digest) => _blobs.GetValueOrDefault(digest.ToString());

    /// <summary>Adds a blob.</summary>
    public void Add(Digest digest, byte[] bytes) => _blobs[digest.ToString()] = bytes;

    /// <summary>Loses a blob, though manifests need it.</summary>
    public bool Lose(Digest digest) => _blobs.TryRemove(digest.ToString(), out _);

    /// <summary>A manifest by tag or digest; null where there is none.</summary>
    public StoredManifest? Manifest(string target) =>
        _manifests.GetValueOrDefault(_tags.TryGetValue(target, out var digest) ? digest.ToString() : target);

    /// <summary>Adds a manifest, with a tag or without.</summary>
    public void Add(StoredManifest manifest, string? tag)
    {
        _manifests[manifest.Digest.ToString()] = manifest;
        if (tag is not null)
        {
            _tags[tag] = manifest.Digest;
        }
    }

    /// <summary>Removes a tag, or a manifest with all its tags.</summary>
    public bool Remove(string target)
    {
        if (_tags.TryRemove(target, out _))
        {
            return true;
        }

        foreach (var (tag, digest) in _tags)
        {
            if (digest.ToString() == target)
            {
                _tags.TryRemove(tag, out _);
            }
        }

        return _manifests.TryRemove(target, out _);
    }
}

/// <summary>A manifest as it was pushed.</summary>
/// <param name="MediaType">Its media type.</param>
/// <param name="Bytes">Its bytes.</param>
public sealed record StoredManifest(string MediaType, byte[] Bytes)
{
    /// <summary>Its digest.</summary>
    public Digest Digest { get; } = Digest.Of(Bytes);
}
