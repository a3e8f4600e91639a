using System.Net;
using Containerize.Images;
using Containerize.Oci;

namespace Containerize.Registries;

/// <summary>Brings one blob into a repository: found there, mounted from another, or sent (distribution-spec, "Pushing blobs").</summary>
internal sealed class RegistryUpload(RegistryHttp http, Reference reference)
{
    private static readonly RegistryAction Push = RegistryAction.Push;

    /// <summary>Whether the repository has the blob.</summary>
    internal bool Exists(Descriptor blob, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Head, Address($"blobs/{blob.Digest}"), $"looking for the blob {blob.Digest} in {Place}")
        {
            Scope = new RegistryScope(reference.Repository, Push),
        };
        using var response = http.Send(request, cancellationToken);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>Opens an upload for a blob that is not known yet.</summary>
    internal Uri Open(CancellationToken cancellationToken) => Open($"opening an upload to {Place}", cancellationToken);

    /// <summary>Gives up an upload that was opened and is not needed; what the registry says to that does not matter.</summary>
    internal void Abandon(Uri session, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Delete, session, $"giving up an upload to {Place}") { Scope = new RegistryScope(reference.Repository, Push) };
        try
        {
            http.Send(request, cancellationToken).Dispose();
        }
        catch (ContainerizeException)
        {
            // It ends by itself.
        }
    }

    /// <summary>Mounts the blob where it comes from another repository of this registry, else sends it.</summary>
    internal void Write(Descriptor blob, IBlobSource source, CancellationToken cancellationToken) => Write(blob, source, null, cancellationToken);

    /// <summary>The same, through an upload that was opened before.</summary>
    internal void Write(Descriptor blob, IBlobSource source, Uri? opened, CancellationToken cancellationToken)
    {
        var doing = $"writing the blob {blob.Digest} to {Place}";
        var mountFrom = BlobSources.Find<RegistryBlobs>(source, blob) is { } origin
            && string.Equals(origin.Registry, reference.Registry, StringComparison.OrdinalIgnoreCase)
            && origin.Repository != reference.Repository
            ? origin.Repository
            : null;
        var session = opened ?? Start(blob, mountFrom, doing, cancellationToken);
        if (session is null)
        {
            return;
        }

        var separator = session.Query.Length > 0 ? "&" : "?";
        var request = new RegistryRequest(
            HttpMethod.Put, new Uri($"{session.AbsoluteUri}{separator}digest={Uri.EscapeDataString(blob.Digest.ToString())}"), doing)
        {
            Scope = new RegistryScope(reference.Repository, Push),
            Content = token => new ProgressContent(
                new SizedStream(source.OpenAsync(blob, 0, token).AsTask().GetAwaiter().GetResult(), blob), blob.Size, "application/octet-stream"),
        };
        HttpResponseMessage response;
        try
        {
            response = http.Send(request, cancellationToken);
        }
        catch (ContainerizeException e) when (e.Number is 4002 or 4003)
        {
            // The answer may have got lost, and not the blob.
            if (Exists(blob, cancellationToken))
            {
                return;
            }

            throw;
        }

        using (response)
        {
            if (response.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.Accepted or HttpStatusCode.NoContent)
            {
                return;
            }

            // A session that broke in the middle cannot be used again: one more, from the start.
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable
                && Start(blob, null, doing, cancellationToken) is { } again)
            {
                separator = again.Query.Length > 0 ? "&" : "?";
                using var second = http.Send(
                    request with { Uri = new Uri($"{again.AbsoluteUri}{separator}digest={Uri.EscapeDataString(blob.Digest.ToString())}") },
                    [HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.NoContent],
                    cancellationToken);
                return;
            }

            throw RegistryErrors.From(doing, response, http.CredentialOf(request.Scope), cancellationToken);
        }
    }

    private string Place => $"{reference.Registry}/{reference.Repository}";

    private Uri Address(string path) => new(http.Endpoint.Base, $"v2/{reference.Repository}/{path}");

    // The address of the upload; null where the blob was mounted. A refused mount may open a session by itself (202).
    private Uri? Start(Descriptor blob, string? mountFrom, string doing, CancellationToken cancellationToken)
    {
        if (mountFrom is not null)
        {
            var mount = new RegistryRequest(
                HttpMethod.Post, Address($"blobs/uploads/?mount={Uri.EscapeDataString(blob.Digest.ToString())}&from={Uri.EscapeDataString(mountFrom)}"), doing)
            {
                Scope = new RegistryScope(reference.Repository, Push, mountFrom),
                Content = Nothing,
            };
            HttpResponseMessage? answer = null;
            try
            {
                answer = http.Send(mount, cancellationToken);
            }
            catch (ContainerizeException e) when (e.Number == 4004)
            {
                // No token for the other repository: the blob is sent instead.
            }

            using (answer)
            {
                if (answer?.StatusCode == HttpStatusCode.Created)
                {
                    return null;
                }

                if (answer is { StatusCode: HttpStatusCode.Accepted, Headers.Location: { } })
                {
                    return Session(answer, doing);
                }
            }
        }

        return Open(doing, cancellationToken);
    }

    private Uri Open(string doing, CancellationToken cancellationToken)
    {
        var request = new RegistryRequest(HttpMethod.Post, Address("blobs/uploads/"), doing)
        {
            Scope = new RegistryScope(reference.Repository, Push),
            Content = Nothing,
        };
        using var response = http.Send(request, [HttpStatusCode.Accepted, HttpStatusCode.Created], cancellationToken);
        return Session(response, doing);
    }

    private static ByteArrayContent Nothing(CancellationToken cancellationToken) => new([]);

    private Uri Session(HttpResponseMessage response, string doing) =>
        response.Headers.Location is { } location
            ? http.Next(response.RequestMessage!.RequestUri!, location, doing)
            : throw RegistryErrors.Protocol(doing, "the registry opened an upload without saying where (no Location)");
}
