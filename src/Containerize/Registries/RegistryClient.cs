using System.Collections.Concurrent;
using Containerize.Images;

namespace Containerize.Registries;

/// <summary>Reads from and writes to registries (distribution-spec 1.1).</summary>
/// <remarks>Plain http is used for this machine's own addresses and for DOTNET_CONTAINER_INSECURE_REGISTRIES, https for all others.</remarks>
public sealed class RegistryClient(RegistryOptions options) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<RegistryHttp>> _registries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The image or index of this name; with a digest and a cache that has it, no request is made.</summary>
    public IImageSource PullSource(Reference reference) => new RegistryPull(Http(reference.Registry), reference);

    /// <summary>Writes to these names, which may be at several registries; the tags last.</summary>
    public IEarlyDestination PushDestination(IReadOnlyList<Reference> references)
    {
        var pushes = references
            .GroupBy(r => $"{r.Registry}/{r.Repository}")
            .Select(g => new RegistryPush(Http(g.First().Registry), [.. g]))
            .ToList();
        return pushes.Count == 1 ? pushes[0] : new RegistryPushes(pushes);
    }

    /// <summary>The tags of a repository, in the registry's order.</summary>
    public IReadOnlyList<string> ListTags(Reference repository, CancellationToken cancellationToken) =>
        new RegistryTagList(Http(repository.Registry), repository).Read(cancellationToken);

    /// <summary>The manifest or index of a name, whatever it describes, as the registry has it; of a pinned one the bytes have the digest (CTZ3003).</summary>
    public ManifestDocument ReadManifest(Reference reference, CancellationToken cancellationToken) =>
        new RegistryManifests(Http(reference.Registry), reference).Get(reference.Target, cancellationToken);

    /// <summary>Closes the connections; sources and destinations of this client cannot be used any more.</summary>
    public void Dispose()
    {
        foreach (var http in _registries.Values.Where(h => h.IsValueCreated))
        {
            http.Value.Dispose();
        }
    }

    internal static ContainerizeException NotCached(string doing) =>
        new(4010, doing, "it is not in the cache, and the network may not be used", "Build once with the network, and name it by its digest.");

    private RegistryHttp Http(string registry) => _registries.GetOrAdd(
        registry, key => new Lazy<RegistryHttp>(() => new RegistryHttp(RegistryEndpoint.Of(key, options.Environment), options))).Value;
}
