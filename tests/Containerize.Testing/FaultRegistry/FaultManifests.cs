using System.Globalization;
using System.Text.Json;
using Containerize.Oci;
using Microsoft.AspNetCore.Http;

namespace Containerize.Testing;

/// <summary>Manifests and tags: nothing is taken whose blobs or manifests are not there.</summary>
internal sealed class FaultManifests(RegistryContent content, RegistryQuirks quirks)
{
    private int _pulls;

    internal Task AnswerAsync(HttpContext context, string name, string target) => context.Request.Method switch
    {
        "HEAD" or "GET" => SendAsync(context, name, target),
        "PUT" => TakeAsync(context, name, target),
        "DELETE" => DeleteAsync(context, name, target),
        _ => FaultAnswers.ErrorAsync(context, 405, "UNSUPPORTED", context.Request.Method),
    };

    internal async Task ListTagsAsync(HttpContext context, string name)
    {
        if (!content.Has(name))
        {
            await FaultAnswers.ErrorAsync(context, 404, "NAME_UNKNOWN", name);
            return;
        }

        var query = context.Request.Query;
        var last = query["last"].ToString();
        IReadOnlyList<string> tags = [.. content.Repository(name).Tags.Where(t => string.CompareOrdinal(t, last) > 0)];
        if (int.TryParse(query["n"], CultureInfo.InvariantCulture, out var n) && n < tags.Count)
        {
            tags = [.. tags.Take(n)];
            if (n > 0)
            {
                context.Response.Headers.Link = $"</v2/{name}/tags/list?n={n}&last={Uri.EscapeDataString(tags[^1])}>; rel=\"next\"";
            }
        }

        await FaultAnswers.JsonAsync(context, 200, new { name, tags });
    }

    internal Task ReferrersAsync(HttpContext context, string name, string target)
    {
        var manifests = new List<object>();
        foreach (var manifest in content.Has(name) ? content.Repository(name).Manifests : [])
        {
            using var document = JsonDocument.Parse(manifest.Bytes);
            if (document.RootElement.TryGetProperty("subject", out var subject) && subject.GetProperty("digest").GetString() == target)
            {
                manifests.Add(new { mediaType = manifest.MediaType, digest = manifest.Digest.ToString(), size = manifest.Bytes.Length });
            }
        }

        return FaultAnswers.JsonAsync(context, 200, new { schemaVersion = 2, mediaType = MediaTypes.OciIndex, manifests }, MediaTypes.OciIndex);
    }

    private async Task SendAsync(HttpContext context, string name, string target)
    {
        var response = context.Response;
        if (context.Request.Method == "GET" && Interlocked.Increment(ref _pulls) > quirks.Pulls)
        {
            response.Headers["ratelimit-limit"] = $"{quirks.Pulls};w=21600";
            response.Headers["ratelimit-remaining"] = "0;w=21600";
            response.Headers.RetryAfter = "1";
            await FaultAnswers.ErrorAsync(context, 429, "TOOMANYREQUESTS", "You have reached your pull rate limit");
            return;
        }

        if (!content.Has(name) || content.Repository(name).Manifest(target) is not { } manifest)
        {
            await FaultAnswers.ErrorAsync(context, 404, content.Has(name) ? "MANIFEST_UNKNOWN" : "NAME_UNKNOWN", target);
            return;
        }

        response.ContentType = manifest.MediaType;
        response.ContentLength = manifest.Bytes.Length;
        response.Headers["Docker-Content-Digest"] = manifest.Digest.ToString();
        if (context.Request.Method == "GET")
        {
            await response.Body.WriteAsync(manifest.Bytes);
        }
    }

    private async Task TakeAsync(HttpContext context, string name, string target)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var manifest = new StoredManifest(context.Request.ContentType ?? "", body.ToArray());
        var byDigest = Digest.TryParse(target, out var digest);
        if (byDigest && digest != manifest.Digest)
        {
            await FaultAnswers.ErrorAsync(context, 400, "DIGEST_INVALID", $"{manifest.Digest} came");
            return;
        }

        var (code, message) = Objection(manifest, content.Repository(name));
        if (code is not null)
        {
            await FaultAnswers.ErrorAsync(context, code == "MANIFEST_BLOB_UNKNOWN" ? 404 : 400, code, message);
            return;
        }

        content.Repository(name).Add(manifest, byDigest ? null : target);
        context.Response.StatusCode = 201;
        context.Response.Headers.Location = $"/v2/{name}/manifests/{manifest.Digest}";
        context.Response.Headers["Docker-Content-Digest"] = manifest.Digest.ToString();
    }

    private async Task DeleteAsync(HttpContext context, string name, string target)
    {
        if (content.Has(name) && content.Repository(name).Remove(target))
        {
            context.Response.StatusCode = 202;
            return;
        }

        await FaultAnswers.ErrorAsync(context, 404, "MANIFEST_UNKNOWN", target);
    }

    private static (string? Code, string Message) Objection(StoredManifest manifest, StoredRepository repository)
    {
        try
        {
            using var document = JsonDocument.Parse(manifest.Bytes);
            var root = document.RootElement;
            if (root.TryGetProperty("mediaType", out var inside) && inside.GetString() != manifest.MediaType)
            {
                return ("MANIFEST_INVALID", $"it came as {manifest.MediaType} and is {inside}");
            }

            if (root.TryGetProperty("manifests", out var children))
            {
                return children.EnumerateArray().Select(DigestOf).FirstOrDefault(d => repository.Manifest(d.ToString()) is null) is { } child
                    ? ("MANIFEST_BLOB_UNKNOWN", child.ToString())
                    : (null, "");
            }

            // Layers that are elsewhere need not be here.
            return root.GetProperty("layers").EnumerateArray().Where(l => !l.TryGetProperty("urls", out _)).Append(root.GetProperty("config"))
                .Select(DigestOf).FirstOrDefault(d => repository.Blob(d) is null) is { } blob
                ? ("MANIFEST_BLOB_UNKNOWN", blob.ToString())
                : (null, "");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return ("MANIFEST_INVALID", e.Message);
        }
    }

    private static Digest DigestOf(JsonElement descriptor) => Digest.Parse(descriptor.GetProperty("digest").GetString()!);
}
