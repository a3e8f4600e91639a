using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Containerize.Images;
using Containerize.Oci;

namespace Containerize.Registries;

/// <summary>The manifests of one repository: read under the media type that they say of themselves, judged by the digest of their bytes.</summary>
internal sealed class RegistryManifests(RegistryHttp http, Reference reference)
{
    private static readonly string[] Types =
        [MediaTypes.OciIndex, MediaTypes.OciManifest, MediaTypes.DockerManifestList, MediaTypes.DockerManifest];

    /// <summary>Reads a manifest by tag or digest; of a digest the bytes must have it (CTZ3003).</summary>
    internal ManifestDocument Get(string target, CancellationToken cancellationToken)
    {
        var doing = $"getting the manifest {target} of {reference}";
        using var response = http.Send(Request(HttpMethod.Get, target, RegistryAction.Pull, doing), [HttpStatusCode.OK], cancellationToken);
        var bytes = RegistryHttp.ReadBody(response, OciJson.MaxDocumentBytes + 1, http.Options.StallLimit, doing, cancellationToken);
        if (bytes.Length > OciJson.MaxDocumentBytes)
        {
            throw RegistryErrors.Protocol(doing, $"it is more than {OciJson.MaxDocumentBytes} bytes");
        }

        if (Digest.TryParse(target, out var digest))
        {
            BlobErrors.Check(new Descriptor { MediaType = "", Digest = digest, Size = bytes.Length }, bytes);
        }

        return new ManifestDocument(TypeOf(response.Content.Headers.ContentType, bytes, doing), bytes);
    }

    /// <summary>The manifest of a digest where the cache has it; null where it has not.</summary>
    internal ManifestDocument? Cached(Digest digest)
    {
        if (http.Options.Cache is not { } cache || !File.Exists(cache.PathOf(digest)))
        {
            return null;
        }

        try
        {
            var bytes = cache.ReadAllBytes(new Descriptor { MediaType = "", Digest = digest, Size = new FileInfo(cache.PathOf(digest)).Length });
            return RegistryManifests.TypeInside(bytes, $"reading {reference} from the cache") is { } type ? new ManifestDocument(type, bytes) : null;
        }
        catch (ContainerizeException e) when (e.Number is 3003 or 3004 or 4008)
        {
            // Damaged, and put aside by the store: it is got again.
            return null;
        }
    }

    /// <summary>The digest that a tag has now, as the registry says; null where there is no such tag, or it does not say.</summary>
    internal Digest? Head(string target, CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Head, target, RegistryAction.Push, $"looking for {target} in {reference}");
        using var response = http.Send(request, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.OK => response.Headers.NonValidated.TryGetValues("Docker-Content-Digest", out var values)
                && Digest.TryParse(values.ToString(), out var digest) ? digest : null,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                throw RegistryErrors.From(request.Doing, response, http.CredentialOf(request.Scope), cancellationToken),
            // Some answer with other codes where the repository does not exist yet; the push itself will tell.
            _ => null,
        };
    }

    /// <summary>Writes a manifest under a digest or a tag.</summary>
    internal void Put(string target, Artifact artifact, CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Put, target, RegistryAction.Push, $"writing the manifest {target} to {reference}") with
        {
            Content = _ => new ProgressContent(new MemoryStream(artifact.Bytes.ToArray(), writable: false), artifact.Bytes.Length, artifact.Descriptor.MediaType),
        };
        using var response = http.Send(request, [HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Accepted, HttpStatusCode.NoContent], cancellationToken);
        if (response.Headers.NonValidated.TryGetValues("Docker-Content-Digest", out var values)
            && Digest.TryParse(values.ToString(), out var stored)
            && stored.Algorithm == artifact.Digest.Algorithm
            && stored != artifact.Digest)
        {
            throw RegistryErrors.Protocol(request.Doing, $"the registry stored {stored} where {artifact.Digest} was sent");
        }
    }

    /// <summary>The media type that a document's own words give it; null where it has none.</summary>
    internal static string? TypeInside(ReadOnlyMemory<byte> bytes, string doing)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 64 });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            if (root.TryGetProperty("mediaType", out var type) && type.ValueKind == JsonValueKind.String)
            {
                return type.GetString();
            }

            return root.TryGetProperty("manifests", out _) ? MediaTypes.OciIndex : root.TryGetProperty("layers", out _) ? MediaTypes.OciManifest : null;
        }
        catch (JsonException e)
        {
            throw RegistryErrors.Protocol(doing, $"what the registry sent is not JSON ({e.Message.TrimEnd('.')})");
        }
    }

    // A missing or general Content-Type is made good by the document; one that says another kind is refused by ArtifactReader.
    private static string TypeOf(MediaTypeHeaderValue? header, byte[] bytes, string doing)
    {
        var outside = header?.MediaType;
        return outside is null or "application/json" or "application/octet-stream" or "text/plain"
            ? TypeInside(bytes, doing) ?? throw RegistryErrors.Protocol(doing, "what the registry sent does not say what it is")
            : outside;
    }

    private RegistryRequest Request(HttpMethod method, string target, RegistryAction action, string doing) =>
        new(method, new Uri(http.Endpoint.Base, $"v2/{reference.Repository}/manifests/{target}"), doing)
        {
            Scope = new RegistryScope(reference.Repository, action),
            Accept = method == HttpMethod.Put ? [] : Types,
        };
}
