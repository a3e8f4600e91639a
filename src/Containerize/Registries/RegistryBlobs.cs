using System.Collections.Concurrent;
using System.Net;
using Containerize.Images;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Registries;

/// <summary>The blobs of one repository; with a cache each comes over the network once.</summary>
internal sealed class RegistryBlobs(RegistryHttp http, Reference reference) : IComposedBlobSource
{
    private const long WorthResuming = 1024 * 1024;
    private readonly ConcurrentDictionary<Digest, SemaphoreSlim> _fetching = new();

    internal string Registry => reference.Registry;

    internal string Repository => reference.Repository;

    /// <summary>How long a body may stand still.</summary>
    internal TimeSpan StallLimit => http.Options.StallLimit;

    /// <summary>Who looks at what comes.</summary>
    internal IProgress<BlobProgress>? Progress => http.Options.Progress;

    /// <summary>The clock of that.</summary>
    internal TimeProvider Time => http.Options.Time;

    public IBlobSource? SourceOf(Descriptor blob) => http.Options.Cache is { } cache && cache.Contains(blob) ? cache : null;

    public async ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken)
    {
        if (http.Options.Cache is not { } cache)
        {
            var direct = new RegistryBlobStream(this, blob, offset, cancellationToken);
            return offset == 0 ? new VerifyingStream(direct, blob) : direct;
        }

        var gate = _fetching.GetOrAdd(blob.Digest, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (!cache.Contains(blob))
            {
                if (http.Options.Offline)
                {
                    throw RegistryClient.NotCached($"getting the blob {blob.Digest} of {reference}");
                }

                if (blob.Size < WorthResuming
                    || http.Downloads is not { } downloads
                    || !await downloads.TryFetchAsync(blob, cache, from => new RegistryBlobStream(this, blob, from, cancellationToken), cancellationToken))
                {
                    await cache.AddAsync(blob, new Network(this), cancellationToken);
                }
            }
        }
        finally
        {
            gate.Release();
        }

        return cache.Open(blob, offset);
    }

    /// <summary>Asks for a blob from an offset on; a registry that ignores that sends it from its start, which is skipped by the caller.</summary>
    internal RegistryBody Get(Descriptor blob, long from, CancellationToken cancellationToken)
    {
        var doing = $"getting the blob {blob.Digest} of {reference}";
        var request = new RegistryRequest(HttpMethod.Get, new Uri(http.Endpoint.Base, $"v2/{Repository}/blobs/{blob.Digest}"), doing)
        {
            Scope = new RegistryScope(Repository, RegistryAction.Pull),
            From = from,
        };
        var response = http.Send(request, [HttpStatusCode.OK, HttpStatusCode.PartialContent], cancellationToken);
        var start = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From ?? from : 0;
        if (start > from)
        {
            response.Dispose();
            throw RegistryErrors.Protocol(doing, $"the registry sends from byte {start} where byte {from} was asked for");
        }

        return new RegistryBody(response.Content.ReadAsStream(cancellationToken), start);
    }

    internal void Pause(Exception e, int attempt, CancellationToken cancellationToken) => http.Retry.WaitAfter(e, attempt, cancellationToken);

    private sealed class Network(RegistryBlobs blobs) : IBlobSource
    {
        public ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken) =>
            new(new VerifyingStream(new RegistryBlobStream(blobs, blob, 0, cancellationToken), blob));
    }
}

/// <summary>A blob that comes.</summary>
/// <param name="Stream">Its bytes.</param>
/// <param name="From">The offset of the first of them.</param>
internal sealed record RegistryBody(Stream Stream, long From);
