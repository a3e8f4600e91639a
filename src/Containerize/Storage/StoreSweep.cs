using Containerize.Oci;

namespace Containerize.Storage;

/// <summary>Removes from a store what no name needs, and what killed writers left; for one who has the store's lease alone.</summary>
internal static class StoreSweep
{
    internal static void Run(IReadOnlyList<Descriptor> roots, BlobStore blobs)
    {
        var needed = new HashSet<Digest>();
        foreach (var root in roots)
        {
            var contents = StoreContents.Of(root, blobs);
            if (contents.Incomplete)
            {
                // What a damaged document points to is not known: rather too much is kept than too little.
                return;
            }

            needed.UnionWith(contents.Reached);
        }

        foreach (var file in Files(blobs.Directory))
        {
            if (AtomicFile.IsTemporary(file))
            {
                Delete(file);
            }
        }

        foreach (var algorithm in new[] { "sha256", "sha512" })
        {
            foreach (var file in Files(Path.Combine(blobs.Directory, algorithm)))
            {
                if (!Digest.TryParse($"{algorithm}:{Path.GetFileName(file)}", out var digest) || !needed.Contains(digest))
                {
                    Delete(file);
                }
            }
        }
    }

    private static string[] Files(string directory) => Directory.Exists(directory) ? Directory.GetFiles(directory) : [];

    private static void Delete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // In use (Windows) or not ours: the next sweep may.
        }
    }
}
