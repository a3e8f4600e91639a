using System.Security.Cryptography;

namespace Containerize.Tests.Building;

/// <summary>Reads all blobs below a folder again and again, as other programs might at any time: each must be whole under its name.</summary>
internal sealed class BlobWatch : IDisposable
{
    private readonly string _folder;
    private readonly Thread _thread;
    private readonly SortedSet<string> _damaged = new(StringComparer.Ordinal);
    private volatile bool _ends;
    private int _read;

    public BlobWatch(string folder)
    {
        _folder = folder;
        _thread = new Thread(Watch) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The blobs that did not have the digest of their name; after a last look at all of them.</summary>
    public IReadOnlyCollection<string> Damaged()
    {
        Dispose();
        Look();
        return _damaged;
    }

    /// <summary>How many blobs were read.</summary>
    public int Read => _read;

    public void Dispose()
    {
        _ends = true;
        _thread.Join();
    }

    private void Watch()
    {
        while (!_ends)
        {
            Look();
            Thread.Sleep(5);
        }
    }

    private void Look()
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        foreach (var file in Directory.Exists(_folder) ? Directory.EnumerateFiles(_folder, "*", options) : [])
        {
            if (Path.GetFileName(Path.GetDirectoryName(file)) == "sha256" && Hash(file) is { } hash)
            {
                _read++;
                if (hash != Path.GetFileName(file))
                {
                    _damaged.Add(file);
                }
            }
        }
    }

    // Without a lock of .NET's, which would be seen by the one who is watched.
    private static string? Hash(string file)
    {
        try
        {
            using var blob = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Convert.ToHexStringLower(SHA256.HashData(blob));
        }
        catch (IOException)
        {
            return null; // swept meanwhile
        }
    }
}
