using System.Net;
using System.Text.Json;
using Containerize.Oci;

namespace Containerize.Registries;

/// <summary>The tags of a repository, page by page (distribution-spec, "Listing tags").</summary>
internal sealed class RegistryTagList(RegistryHttp http, Reference reference)
{
    private const int MostPages = 10_000;
    private const int PageSize = 1000;

    internal IReadOnlyList<string> Read(CancellationToken cancellationToken)
    {
        var doing = $"listing the tags of {reference.Registry}/{reference.Repository}";
        var tags = new List<string>();
        var page = new Uri(http.Endpoint.Base, $"v2/{reference.Repository}/tags/list?n={PageSize}");
        for (var pages = 0; pages < MostPages; pages++)
        {
            var request = new RegistryRequest(HttpMethod.Get, page, doing) { Scope = new RegistryScope(reference.Repository, RegistryAction.Pull) };
            using var response = http.Send(request, [HttpStatusCode.OK], cancellationToken);
            var body = RegistryHttp.ReadBody(response, OciJson.MaxDocumentBytes + 1, http.Options.StallLimit, doing, cancellationToken);
            var before = tags.Count;
            Add(body, tags, doing);
            if (Next(response) is not { } next || tags.Count == before)
            {
                return tags;
            }

            page = http.Next(page, next, doing);
        }

        throw RegistryErrors.Protocol(doing, $"it goes on after {MostPages} pages");
    }

    // "tags" is null where there are none.
    private static void Add(byte[] body, List<string> tags, string doing)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("tags", out var list)
                && list.ValueKind == JsonValueKind.Array)
            {
                tags.AddRange(list.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!).Where(ReferenceGrammar.IsTag));
            }
        }
        catch (JsonException e)
        {
            throw RegistryErrors.Protocol(doing, $"what the registry sent is not JSON ({e.Message.TrimEnd('.')})");
        }
    }

    // Link: </v2/app/tags/list?n=2&last=b>; rel="next" (RFC 8288).
    private static Uri? Next(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Link", out var values)
        && values.ToString() is var link
        && link.Contains("next", StringComparison.OrdinalIgnoreCase)
        && link.IndexOf('<') is var start and >= 0
        && link.IndexOf('>', start) is var end and > 0
        && Uri.TryCreate(link[(start + 1)..end], UriKind.RelativeOrAbsolute, out var next) ? next : null;
}
