using System.Security.Cryptography;
using System.Text;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Layers;

/// <summary>Layers that were made before, found again by what they are made of; safe to share between processes and to delete at any time.</summary>
/// <remarks>
/// <c>blobs/</c> holds the layers; <c>layers/&lt;shape&gt;/&lt;key&gt;</c> says which blob a key has, where the shape is the hash of all that the tar
/// says beside contents, and the key that of shape and contents; <c>files/</c> remembers the contents' hashes by the files' states, so that
/// the key of an unchanged layer is found without opening a file. All files are renamed into their place whole; nothing needs a lock.
/// </remarks>
public sealed class LayerCache(string directory)
{
    /// <summary>The bound on all blobs together that is kept by itself, in bytes: 4 GiB.</summary>
    public const long DefaultMaxBytes = 4L * 1024 * 1024 * 1024;

    /// <summary>The folder.</summary>
    public string Directory { get; } = directory;

    /// <summary>The layers' blobs.</summary>
    public BlobStore Blobs { get; } = new(Path.Combine(directory, "blobs"));

    /// <summary>The layer where it is known and all its files are unchanged; no file is opened. Null where there is work to do.</summary>
    public Layer? TryGet(LayerSpec spec, LayerCompression compression)
    {
        var identity = Identify(spec, compression);
        return identity.IsComplete ? Find(identity) : null;
    }

    /// <summary>Keeps every layer that is used from now on until disposed, or until this process ends: for work that goes on with them.</summary>
    public IDisposable Lease() => new CacheLease(Directory);

    /// <summary>
    /// Removes the layers that were not used for longest until all blobs together have at most <paramref name="maxBytes"/> bytes, and what killed
    /// processes left behind; never what is leased or was used within <paramref name="keepUsedWithin"/> (10 minutes unless given).
    /// </summary>
    public void Trim(long maxBytes = DefaultMaxBytes, TimeSpan? keepUsedWithin = null) =>
        new CacheTrimmer(this).Trim(maxBytes, keepUsedWithin ?? TimeSpan.FromMinutes(10));

    internal LayerIdentity Identify(LayerSpec spec, LayerCompression compression) =>
        new(spec, compression, FileRecords.Load(RecordsPath(spec)));

    internal bool KnowsShape(LayerIdentity identity)
    {
        try
        {
            var shape = Path.Combine(Directory, "layers", identity.Shape);
            return System.IO.Directory.Exists(shape) && System.IO.Directory.EnumerateFiles(shape).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    internal Layer? Find(LayerIdentity identity)
    {
        var name = EntryName(identity);
        var path = EntryPath(name);
        if (CacheEntry.TryRead(path) is not { } entry || !TryTouch(path) || !IsIntact(entry, path))
        {
            return null;
        }

        Use(identity, name);
        return new Layer(entry.Blob, entry.DiffId, Blobs);
    }

    internal Layer Add(LayerIdentity identity, Descriptor blob, Digest diffId)
    {
        var name = EntryName(identity);
        // The layer is made; that it cannot be remembered on a full disk is no reason to fail.
        new CacheEntry(blob, diffId, FileState.Of(Blobs.PathOf(blob.Digest))).TryWrite(EntryPath(name));
        Use(identity, name);
        new CacheTrimmer(this).TrimIfDue();
        return new Layer(blob, diffId, Blobs);
    }

    internal FileStream? WaitForTurn(LayerIdentity identity, out bool waited, CancellationToken cancellationToken) =>
        CacheLock.Wait(Path.Combine(Directory, "locks", identity.Shape), out waited, cancellationToken);

    internal string EntryPath(string name) => Path.Combine(Directory, "layers", name);

    private static string EntryName(LayerIdentity identity) => $"{identity.Shape}/{identity.Key}";

    private string RecordsPath(LayerSpec spec) =>
        Path.Combine(Directory, "files", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{spec.Scope}\0{spec.Name}"))));

    private void Use(LayerIdentity identity, string name)
    {
        identity.Records.Use(name, identity.Spec, entry => CacheTrimmer.LastUsed(EntryPath(entry)));
        identity.Records.Supersede(new CacheTrimmer(this).DropSuperseded);
        identity.Records.Save();
    }

    // Touched before the blob is looked at: who evicts looks at the time after it has taken the entry away (CacheTrimmer.TryEvict).
    private static bool TryTouch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true; // a cache that is not ours to write is still one to read
        }
    }

    // A blob whose file was touched since its digest was checked is checked again, so that damage costs a rebuild and not a failed push.
    private bool IsIntact(CacheEntry entry, string path)
    {
        try
        {
            if (!Blobs.Contains(entry.Blob))
            {
                return false;
            }

            using var blob = Blobs.Open(entry.Blob);
            var state = FileState.Of(Blobs.PathOf(entry.Blob.Digest));
            if (!entry.IsVerified(state))
            {
                blob.CopyTo(Stream.Null, 128 * 1024);
                (entry with { Verified = state }).TryWrite(path);
            }

            return true;
        }
        catch (Exception e) when (e is ContainerizeException or IOException)
        {
            TryDiscard(entry.Blob.Digest);
            return false;
        }
    }

    private void TryDiscard(Digest digest)
    {
        try
        {
            Blobs.Discard(digest);
        }
        catch (ContainerizeException)
        {
            // It stays, is found damaged again, and made again each time.
        }
    }
}
