using System.Net;
using Containerize.Images;

namespace Containerize.Registries;

/// <summary>Has a registry take a blob from another of its repositories (distribution-spec, "Mounting a blob from another repository").</summary>
internal sealed class RegistryMounts(RegistryHttp http, Reference reference)
{
    /// <summary>The repositories that are known to have the blob: the one that it comes from, and those that it was pushed to from here.</summary>
    internal IReadOnlyList<string> Candidates(BlobRequest request)
    {
        var origin = BlobSources.Find<RegistryBlobs>(request.Source, request.Blob) is { } from
            && string.Equals(from.Registry, reference.Registry, StringComparison.OrdinalIgnoreCase) ? from.Repository : null;
        var known = new List<string>();
        foreach (var repository in origin is null ? http.Places.Of(request.Blob.Digest) : [origin, .. http.Places.Of(request.Blob.Digest)])
        {
            if (repository != reference.Repository && !known.Contains(repository))
            {
                known.Add(repository);
            }
        }

        return known;
    }

    /// <summary>Tries one repository; true where the blob is there now. A refusal may open an upload.</summary>
    internal bool TryMount(BlobRequest request, string from, string doing, out HttpResponseMessage? refusal, CancellationToken cancellationToken)
    {
        refusal = null;
        var digest = Uri.EscapeDataString(request.Blob.Digest.ToString());
        var mount = new RegistryRequest(
            HttpMethod.Post, new Uri(http.Endpoint.Base, $"v2/{reference.Repository}/blobs/uploads/?mount={digest}&from={Uri.EscapeDataString(from)}"), doing)
        {
            Scope = new RegistryScope(reference.Repository, RegistryAction.Push, from),
            Content = static _ => new ByteArrayContent([]),
        };
        HttpResponseMessage answer;
        try
        {
            answer = http.Send(mount, cancellationToken);
        }
        catch (ContainerizeException e) when (e.Number is 4004 or 4005 or 4006)
        {
            // No token for the other repository: the blob is sent instead.
            return false;
        }

        if (answer.StatusCode == HttpStatusCode.Created)
        {
            answer.Dispose();
            return true;
        }

        refusal = answer;
        return false;
    }
}
