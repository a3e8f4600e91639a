using System.Collections.Concurrent;
using Containerize.Images;
using Containerize.Registries.Configuration;

namespace Containerize.Registries;

/// <summary>Reads from and writes to registries (distribution-spec 1.1).</summary>
/// <remarks>
/// https, but for this machine's own addresses plain http first. Mirrors, and registries that need no certificate, are those of registries.conf, daemon.json
/// and DOTNET_CONTAINER_INSECURE_REGISTRIES.
/// </remarks>
public sealed class RegistryClient(RegistryOptions options) : IDisposable
{
    private readonly Lazy<RegistryConfiguration> _configuration = new(() => RegistryConfiguration.Read(options));
    private readonly ConcurrentDictionary<string, Lazy<RegistryHttp>> _registries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The image or index of this name; with a digest and a cache that has it, no request is made.</summary>
    public IImageSource PullSource(Reference reference)
    {
        if (IsOurs(reference.Registry))
        {
            return new RegistryPull(Http(reference.Registry, isInsecure: false), reference);
        }

        var routes = Configuration.Pull(reference);
        List<RegistryPull> pulls = [.. routes.Select(r => new RegistryPull(Http(r.Reference.Registry, r.IsInsecure), r.Reference))];
        return pulls.Count == 1 ? pulls[0] : new MirroredSource(reference, pulls, options.Report);
    }

    /// <summary>Writes to these names, which may be at several registries; the tags last.</summary>
    public IEarlyDestination PushDestination(IReadOnlyList<Reference> references)
    {
        var pushes = references
            .GroupBy(r => $"{r.Registry}/{r.Repository}")
            .Select(g => new RegistryPush(OwnHttp(g.First()), [.. g]))
            .ToList();
        return pushes.Count == 1 ? pushes[0] : new RegistryPushes(pushes);
    }

    /// <summary>The tags of a repository, in the registry's order.</summary>
    public IReadOnlyList<string> ListTags(Reference repository, CancellationToken cancellationToken) =>
        new RegistryTagList(OwnHttp(repository), repository).Read(cancellationToken);

    /// <summary>The manifest or index of a name, whatever it describes, as the registry has it; of a pinned one the bytes have the digest (CTZ3003).</summary>
    public ManifestDocument ReadManifest(Reference reference, CancellationToken cancellationToken) =>
        new RegistryManifests(OwnHttp(reference), reference).Get(reference.Target, cancellationToken);

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

    // A registry on this machine has no mirrors, and no file is worth reading for it.
    private static bool IsOurs(string registry) => RegistryEndpoint.Of(registry, false).IsPlain;

    private RegistryConfiguration Configuration => _configuration.Value;

    private RegistryHttp OwnHttp(Reference reference) =>
        Http(reference.Registry, !IsOurs(reference.Registry) && Configuration.Own(reference).IsInsecure);

    private RegistryHttp Http(string registry, bool isInsecure) => _registries.GetOrAdd(
        registry, key => new Lazy<RegistryHttp>(() => new RegistryHttp(RegistryEndpoint.Of(key, isInsecure), options))).Value;
}
