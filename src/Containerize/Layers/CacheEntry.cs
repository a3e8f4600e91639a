using System.Globalization;
using System.Text;
using Containerize.Oci;

namespace Containerize.Layers;

/// <summary>One line of the cache's index, a file of its own: the blob of a key, its diff id, and the state of its file when it was verified.</summary>
/// <remarks>Its last write time is when it was last used. The last line is a digest of the others: a damaged entry is no entry.</remarks>
internal sealed record CacheEntry(Descriptor Blob, Digest DiffId, FileState Verified)
{
    private const string Header = "containerize layer 1";

    /// <summary>Reads an entry; null where there is none or it is damaged.</summary>
    public static CacheEntry? TryRead(string path)
    {
        try
        {
            return File.Exists(path) ? Parse(File.ReadAllText(path)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public bool TryWrite(string path)
    {
        var body = string.Create(
            CultureInfo.InvariantCulture,
            $"{Header}\n{Blob.MediaType}\n{Blob.Digest}\n{Blob.Size}\n{DiffId}\n{Verified.Size} {Verified.ModifiedTicks} {Verified.Identity}\n");
        return AtomicFile.TryWrite(path, Encoding.UTF8.GetBytes($"{body}{Digest.Of(Encoding.UTF8.GetBytes(body))}\n"));
    }

    /// <summary>Whether the blob's file is as it was when its digest was checked; another link to it (ctime) does not matter.</summary>
    public bool IsVerified(FileState now) =>
        now.Size == Verified.Size && now.ModifiedTicks == Verified.ModifiedTicks && now.Identity == Verified.Identity;

    private static CacheEntry? Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length != 8 || lines[0] != Header || lines[6] != Digest.Of(Encoding.UTF8.GetBytes(text[..^(lines[6].Length + 1)])).ToString())
        {
            return null;
        }

        var state = lines[5].Split(' ');
        return Digest.TryParse(lines[2], out var digest)
            && long.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            && Digest.TryParse(lines[4], out var diffId)
            && state.Length == 3
            && long.TryParse(state[0], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && long.TryParse(state[1], NumberStyles.None, CultureInfo.InvariantCulture, out var modified)
            && ulong.TryParse(state[2], NumberStyles.None, CultureInfo.InvariantCulture, out var identity)
            ? new CacheEntry(
                new Descriptor { MediaType = lines[1], Digest = digest, Size = size },
                diffId,
                new FileState(length, modified, 0, identity, 0))
            : null;
    }
}
