using System.Net;
using System.Text;
using System.Text.Json;
using Containerize.Registries.Credentials;

namespace Containerize.Registries;

/// <summary>Asks a Bearer realm for a token (<see href="https://distribution.github.io/distribution/spec/auth/token/"/> and its OAuth2 form).</summary>
internal sealed class TokenRequest
{
    private const int MaxTokenBytes = 1024 * 1024;
    private const int MaxRedirects = 5;
    private const string Client = "containerize";

    // What a token is good for whose answer does not say.
    private static readonly TimeSpan UsualLife = TimeSpan.FromSeconds(60);
    private readonly RegistryHttp _http;
    private readonly RegistryScope _scope;
    private readonly string _doing;
    private readonly Uri _realm;
    private readonly string? _service;
    private readonly List<string> _scopes;

    /// <summary>Reads a challenge; CTZ4009 where its realm is not safe.</summary>
    internal TokenRequest(RegistryHttp http, RegistryChallenge challenge, RegistryScope scope, string doing)
    {
        _http = http;
        _scope = scope;
        _doing = doing;
        _realm = Safe(challenge.Parameters["realm"]);
        _service = challenge.Parameters.GetValueOrDefault("service");
        // What was just demanded comes first: some registries read only that.
        var demanded = challenge.Parameters.GetValueOrDefault("scope") ?? "";
        _scopes = demanded.Length > 0 ? [demanded] : [];
        _scopes.AddRange(scope.Texts.Except(demanded.Split(' ')));
    }

    /// <summary>Gets a token.</summary>
    /// <param name="credential">Who asks; null: nobody.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal RegistryToken Send(RegistryCredential? credential, CancellationToken cancellationToken)
    {
        if (credential?.IdentityToken is { } identity)
        {
            using var posted = Exchange(() => Post(identity), cancellationToken);
            // Realms that know tokens for passwords only (distribution's own): 404 or 405.
            if (posted.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed))
            {
                return Read(posted, credential, cancellationToken);
            }

            credential = credential with { Password = identity, UserName = credential.UserName.Length > 0 ? credential.UserName : "<token>" };
        }

        using var response = Exchange(() => Get(credential), cancellationToken);
        return Read(response, credential, cancellationToken);
    }

    private HttpRequestMessage Get(RegistryCredential? credential)
    {
        var query = new StringBuilder(_realm.Query.Length > 1 ? _realm.Query[1..] + "&" : "");
        if (_service is not null)
        {
            query.Append("service=").Append(Uri.EscapeDataString(_service)).Append('&');
        }

        query.AppendJoin('&', _scopes.Select(s => "scope=" + Uri.EscapeDataString(s)));
        var message = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(_realm) { Query = query.ToString() }.Uri);
        if (credential is not null)
        {
            message.Headers.TryAddWithoutValidation("Authorization", RegistryAuthorization.Basic(credential));
        }

        return message;
    }

    private HttpRequestMessage Post(Secret identity) => new(HttpMethod.Post, _realm)
    {
        Content = new FormUrlEncodedContent(
        [
            new("grant_type", "refresh_token"), new("service", _service ?? _http.Endpoint.Registry), new("client_id", Client),
            new("scope", string.Join(' ', _scopes)), new("refresh_token", identity.Reveal()),
        ]),
    };

    private HttpResponseMessage Exchange(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var response = Follow(make, cancellationToken);
                if (!RegistryRetry.IsTransient(response.StatusCode) || attempt >= RegistryRetry.Tries)
                {
                    return response;
                }

                var after = response.Headers.RetryAfter;
                response.Dispose();
                _http.Retry.Wait(attempt, after, cancellationToken);
            }
            catch (HttpRequestException e) when (RegistryRetry.IsWorthIt(e, attempt))
            {
                _http.Retry.WaitAfter(e, attempt, cancellationToken);
            }
            catch (HttpRequestException e)
            {
                throw RegistryErrors.NoAnswer($"{_doing} (asking {_realm.Host} for a token)", e, attempt, _http.Options.StallLimit);
            }
        }
    }

    // Each place that it is sent on to is looked at as the first was, and another host is not told who asks.
    private HttpResponseMessage Follow(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        var uri = default(Uri);
        for (var hops = 0; ; hops++)
        {
            using var message = make();
            message.Headers.TryAddWithoutValidation("User-Agent", Client);
            if (uri is not null)
            {
                if (uri.Authority != message.RequestUri!.Authority)
                {
                    message.Headers.Remove("Authorization");
                }

                message.RequestUri = uri;
            }

            var response = _http.Exchange(message, _doing, cancellationToken);
            if (message.Method != HttpMethod.Get || (int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location || hops >= MaxRedirects)
            {
                return response;
            }

            response.Dispose();
            uri = Safe(_http.Next(message.RequestUri!, location, _doing).AbsoluteUri);
        }
    }

    // The challenge comes from a stranger and our password goes where it says: only over TLS (or where the registry itself has none),
    // and not into this machine or its network unless the registry is there too.
    private Uri Safe(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var realm) || (realm.Scheme != Uri.UriSchemeHttps && realm.Scheme != Uri.UriSchemeHttp))
        {
            throw Refused("is no http address");
        }

        if (realm.UserInfo.Length > 0)
        {
            throw Refused("has a user name in it");
        }

        if (realm.Scheme == Uri.UriSchemeHttp && !_http.Endpoint.IsPlain)
        {
            throw Refused("is not https");
        }

        return RegistryEndpoint.IsPrivate(realm)
            && !string.Equals(realm.Host, _http.Endpoint.Base.Host, StringComparison.OrdinalIgnoreCase)
            && !RegistryEndpoint.IsPrivate(_http.Endpoint.Base)
            ? throw Refused("is in a private network")
            : realm;
    }

    private ContainerizeException Refused(string why) =>
        new(4009, _doing, $"the address for tokens that the registry gives {why}, so it gets no credentials", "Check that the registry is the one you mean.");

    private RegistryToken Read(HttpResponseMessage response, RegistryCredential? credential, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw RegistryErrors.From($"{_doing} (asking {_realm.Host} for a token)", response, credential, cancellationToken, _http.Endpoint.Registry);
        }

        var received = _http.Options.Time.GetTimestamp();
        var body = RegistryHttp.ReadBody(response, MaxTokenBytes + 1, _http.Options.StallLimit, _doing, cancellationToken);
        if (body.Length > MaxTokenBytes)
        {
            throw RegistryErrors.Protocol(_doing, $"the answer to the request for a token is longer than {MaxTokenBytes} bytes");
        }

        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            if ((TokenOf(document.RootElement, "token") ?? TokenOf(document.RootElement, "access_token")) is { } token)
            {
                return new RegistryToken("Bearer " + token, received, LifeOf(document.RootElement));
            }
        }
        catch (JsonException)
        {
            // Told below: it is no token either way.
        }

        throw RegistryErrors.Protocol(_doing, $"the answer to the request for a token of {string.Join(' ', _scope.Texts)} has no token");
    }

    // issued_at is by their clock, and ours is what counts.
    private static TimeSpan LifeOf(JsonElement answer)
    {
        const int MostSeconds = 24 * 60 * 60;
        var seconds = 0.0;
        var given = answer.TryGetProperty("expires_in", out var value)
            && (value.ValueKind == JsonValueKind.Number ? value.TryGetDouble(out seconds)
                : value.ValueKind == JsonValueKind.String && double.TryParse(value.GetString(), System.Globalization.CultureInfo.InvariantCulture, out seconds));
        return given && seconds > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, MostSeconds)) : UsualLife;
    }

    private static string? TokenOf(JsonElement root, string name) =>
        root.TextOf(name) is { Length: > 0 } text && !text.Any(char.IsControl) ? text : null;
}
