using Containerize.Oci;

namespace Containerize.Testing;

/// <summary>The blobs, manifests, tags and uploads of a registry, in memory.</summary>
public sealed class RegistryContent
{
    private readonly Dictionary<string, StoredRepository> _repositories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FaultUpload> _uploads = new(StringComparer.Ordinal);
    private readonly Lock _one = new();
    private int _lastUpload;

    /// <summary>The uploads that are open.</summary>
    public IReadOnlyList<FaultUpload> Uploads
    {
        get
        {
            lock (_one)
            {
                return [.. _uploads.Values];
            }
        }
    }

    /// <summary>A repository, made where there is none.</summary>
    public StoredRepository Repository(string name)
    {
        lock (_one)
        {
            return _repositories.TryGetValue(name, out var found) ? found : _repositories[name] = new StoredRepository();
        }
    }

    /// <summary>Whether there is a repository.</summary>
    public bool Has(string name)
    {
        lock (_one)
        {
            return _repositories.ContainsKey(name);
        }
    }

    /// <summary>A blob of any repository.</summary>
    public byte[]? Blob(Digest digest)
    {
        lock (_one)
        {
            return _repositories.Values.Select(r => r.Blob(digest)).FirstOrDefault(b => b is not null);
        }
    }

    /// <summary>Ends all uploads, as a registry does that was started again without its storage.</summary>
    public void ForgetUploads()
    {
        lock (_one)
        {
            _uploads.Clear();
        }
    }

    internal FaultUpload Open(string repository)
    {
        lock (_one)
        {
            var session = new FaultUpload($"upload-{++_lastUpload}", repository);
            return _uploads[session.Id] = session;
        }
    }

    internal FaultUpload? Upload(string id, string repository)
    {
        lock (_one)
        {
            return _uploads.TryGetValue(id, out var session) && session.Repository == repository ? session : null;
        }
    }

    internal bool Close(FaultUpload session)
    {
        lock (_one)
        {
            return _uploads.Remove(session.Id);
        }
    }
}
