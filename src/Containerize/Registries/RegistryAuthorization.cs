using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Containerize.Registries;

/// <summary>Who we are at one registry: anonymous, Basic, or tokens of a Bearer realm (distribution's token specification).</summary>
internal sealed class RegistryAuthorization(RegistryHttp http)
{
    private const int MaxTokenBytes = 1024 * 1024;
    private readonly RegistryCredentials _credentials = new(http.Options);
    private readonly ConcurrentDictionary<RegistryScope, RegistryCredential?> _found = new();
    private readonly ConcurrentDictionary<RegistryScope, string> _headers = new();
    private readonly Lock _one = new();

    internal RegistryCredential? CredentialOf(RegistryScope scope) => _found.GetOrAdd(
        scope with { MountFrom = null }, key => _credentials.Find(http.Endpoint.Registry, key.Repository, key.Action));

    /// <summary>The header that worked for this scope; null where none was needed yet.</summary>
    internal string? HeaderFor(RegistryScope scope) => _headers.GetValueOrDefault(scope);

    /// <summary>Gets what a 401 demands; false where we have nothing that it wants.</summary>
    internal bool Answer(RegistryScope scope, HttpResponseMessage response, string? failed, string doing, CancellationToken cancellationToken)
    {
        lock (_one)
        {
            // Another request got a new one meanwhile.
            if (_headers.GetValueOrDefault(scope) is { } current && current != failed)
            {
                return true;
            }

            var challenges = RegistryChallenge.Parse(response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values) ? values : []);
            if (challenges.FirstOrDefault(c => c.Scheme == "bearer" && c.Parameters.ContainsKey("realm")) is { } bearer)
            {
                _headers[scope] = "Bearer " + Token(bearer, scope, doing, cancellationToken);
                return true;
            }

            if (challenges.Any(c => c.Scheme == "basic") && CredentialOf(scope) is { } credential && failed is null)
            {
                _headers[scope] = Basic(credential);
                return true;
            }

            return false;
        }
    }

    private static string Basic(RegistryCredential credential) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Password.Reveal()}"));

    private string Token(RegistryChallenge challenge, RegistryScope scope, string doing, CancellationToken cancellationToken)
    {
        var realm = Realm(challenge.Parameters["realm"], doing);
        var query = new StringBuilder(realm.Query.Length > 1 ? realm.Query[1..] + "&" : "");
        if (challenge.Parameters.TryGetValue("service", out var service))
        {
            query.Append("service=").Append(Uri.EscapeDataString(service)).Append('&');
        }

        query.AppendJoin('&', scope.Texts.Select(s => "scope=" + Uri.EscapeDataString(s)));
        var uri = new UriBuilder(realm) { Query = query.ToString() }.Uri;
        for (var attempt = 1; ; attempt++)
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, uri);
            message.Headers.TryAddWithoutValidation("User-Agent", "containerize");
            if (CredentialOf(scope) is { } credential)
            {
                message.Headers.TryAddWithoutValidation("Authorization", Basic(credential));
            }

            try
            {
                using var response = http.Exchange(message, doing, cancellationToken);
                if (response.StatusCode == HttpStatusCode.OK)
                {
                    return ReadToken(response, doing, cancellationToken);
                }

                if (!RegistryRetry.IsTransient(response.StatusCode) || attempt >= RegistryRetry.Tries)
                {
                    throw RegistryErrors.From($"{doing} (asking {realm.Host} for a token)", response, CredentialOf(scope), cancellationToken);
                }

                http.Retry.Wait(attempt, response.Headers.RetryAfter, cancellationToken);
            }
            catch (HttpRequestException e) when (RegistryRetry.IsWorthIt(e, attempt))
            {
                http.Retry.Wait(attempt, null, cancellationToken);
            }
        }
    }

    // The challenge comes from a stranger and our password goes where it says: only over TLS (or where the registry itself has none),
    // and not into this machine or its network unless the registry is there too.
    private Uri Realm(string text, string doing)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var realm) || (realm.Scheme != Uri.UriSchemeHttps && realm.Scheme != Uri.UriSchemeHttp))
        {
            throw Refused(doing, "is no http address");
        }

        if (realm.UserInfo.Length > 0)
        {
            throw Refused(doing, "has a user name in it");
        }

        if (realm.Scheme == Uri.UriSchemeHttp && !http.Endpoint.IsPlain)
        {
            throw Refused(doing, "is not https");
        }

        return RegistryEndpoint.IsPrivate(realm)
            && !string.Equals(realm.Host, http.Endpoint.Base.Host, StringComparison.OrdinalIgnoreCase)
            && !RegistryEndpoint.IsPrivate(http.Endpoint.Base)
            ? throw Refused(doing, "is in a private network")
            : realm;
    }

    private static ContainerizeException Refused(string doing, string why) =>
        new(4009, doing, $"the address for tokens that the registry gives {why}, so it gets no credentials", "Check that the registry is the one you mean.");

    private string ReadToken(HttpResponseMessage response, string doing, CancellationToken cancellationToken)
    {
        var body = RegistryHttp.ReadBody(response, MaxTokenBytes, http.Options.StallLimit, doing, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            foreach (var name in new[] { "token", "access_token" })
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object
                    && document.RootElement.TryGetProperty(name, out var token)
                    && token.ValueKind == JsonValueKind.String
                    && token.GetString() is { Length: > 0 } text
                    && !text.Any(char.IsControl))
                {
                    return text;
                }
            }
        }
        catch (JsonException)
        {
            // Told below: it is no token either way.
        }

        throw RegistryErrors.Protocol(doing, "the answer to the request for a token has no token");
    }
}
