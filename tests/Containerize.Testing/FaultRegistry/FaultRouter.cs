using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Containerize.Testing;

/// <summary>Finds what a request is for: distribution-spec 1.1, "Endpoints".</summary>
internal sealed partial class FaultRouter(RegistryContent content, RegistryQuirks quirks)
{
    private readonly FaultUploads _uploads = new(content, quirks);
    private readonly FaultBlobs _blobs = new(content, quirks);
    private readonly FaultManifests _manifests = new(content, quirks);

    internal async Task AnswerAsync(HttpContext context)
    {
        var path = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0];
        context.Response.Headers["Docker-Distribution-API-Version"] = "registry/2.0";
        if (quirks.Cookies && !await CookiesAsync(context))
        {
            return;
        }

        if (path == "/v2/")
        {
            context.Response.StatusCode = 200;
            return;
        }

        var match = Endpoint().Match(path);
        if (!match.Success)
        {
            await FaultAnswers.ErrorAsync(context, 404, "UNSUPPORTED", $"no such endpoint: {path}");
            return;
        }

        var name = match.Groups["name"].Value;
        if (!Name().IsMatch(name) || name.Split('/').Length < quirks.NameParts)
        {
            await FaultAnswers.ErrorAsync(context, 400, "NAME_INVALID", name);
            return;
        }

        if (quirks.CutsUnknownRepositories && !content.Has(name))
        {
            context.Abort();
            return;
        }

        var rest = Uri.UnescapeDataString(match.Groups["rest"].Value);
        await (match.Groups["kind"].Value switch
        {
            "blobs/uploads" => _uploads.AnswerAsync(context, name, rest),
            "blobs" => _blobs.AnswerAsync(context, name, rest),
            "manifests" => _manifests.AnswerAsync(context, name, rest),
            "tags" => rest == "list" ? _manifests.ListTagsAsync(context, name) : FaultAnswers.ErrorAsync(context, 404, "UNSUPPORTED", path),
            _ => _manifests.ReferrersAsync(context, name, rest),
        });
    }

    // A client that keeps cookies is in a session, and needs a CSRF token then (goharbor/harbor#18860).
    private static async Task<bool> CookiesAsync(HttpContext context)
    {
        context.Response.Headers.SetCookie = "sid=1; Path=/";
        if (!context.Request.Headers.ContainsKey("Cookie"))
        {
            return true;
        }

        await FaultAnswers.ErrorAsync(context, 403, "FORBIDDEN", "CSRF token not found in request");
        return false;
    }

    [GeneratedRegex("^/v2/(?<name>.+)/(?:(?<kind>blobs/uploads)/(?<rest>[^/]*)|(?<kind>blobs|manifests|tags|referrers)/(?<rest>[^/]+))$")]
    private static partial Regex Endpoint();

    [GeneratedRegex("^[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*$")]
    private static partial Regex Name();
}
