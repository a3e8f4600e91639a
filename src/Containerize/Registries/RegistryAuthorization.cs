using System.Collections.Concurrent;
using System.Text;
using Containerize.Registries.Credentials;

namespace Containerize.Registries;

/// <summary>Who we are at one registry: anonymous, Basic, or tokens of a Bearer realm (distribution's token specification).</summary>
internal sealed class RegistryAuthorization(RegistryHttp http)
{
    private readonly ConcurrentDictionary<RegistryScope, RegistryCredential?> _found = new();
    private readonly ConcurrentDictionary<RegistryScope, RegistryToken> _tokens = new();
    private readonly Lock _one = new();

    internal RegistryCredential? CredentialOf(RegistryScope scope) => _found.GetOrAdd(
        scope with { MountFrom = null }, key => new RegistryCredentials(http.Options).Find(http.Endpoint.Registry, key.Repository, key.Action));

    /// <summary>The header that works for this scope; null where none was needed yet.</summary>
    internal string? HeaderFor(RegistryScope scope, string doing, CancellationToken cancellationToken)
    {
        if (!_tokens.TryGetValue(scope, out var token))
        {
            return null;
        }

        if (!token.IsOld(http.Options.Time))
        {
            return token.Header;
        }

        lock (_one)
        {
            // Many find it old at once, and one gets the next.
            if (_tokens.TryGetValue(scope, out var current) && ReferenceEquals(current, token) && token.Challenge is { } challenge)
            {
                _tokens[scope] = Token(challenge, scope, doing, cancellationToken);
            }

            return _tokens[scope].Header;
        }
    }

    /// <summary>Gets what a 401 demands; false where we have nothing that it wants.</summary>
    internal bool Answer(RegistryScope scope, HttpResponseMessage response, string? failed, string doing, CancellationToken cancellationToken)
    {
        lock (_one)
        {
            // Another request got a new one meanwhile.
            if (_tokens.TryGetValue(scope, out var current) && current.Header != failed)
            {
                return true;
            }

            var challenges = RegistryChallenge.Parse(response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var values) ? values : []);
            if (challenges.FirstOrDefault(c => c.Scheme == "bearer" && c.Parameters.ContainsKey("realm")) is { } bearer)
            {
                _tokens[scope] = Token(bearer, scope, doing, cancellationToken);
                return true;
            }

            if (challenges.Any(c => c.Scheme == "basic") && failed is null && CredentialOf(scope) is { IdentityToken: null, RegistryToken: null } credential)
            {
                _tokens[scope] = new RegistryToken(Basic(credential), 0, null);
                return true;
            }

            return false;
        }
    }

    /// <summary>The header of a user and a password (RFC 7617).</summary>
    internal static string Basic(RegistryCredential credential) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Password.Reveal()}"));

    // Where the token is to be had is looked at before anybody is asked for a credential, which may start a program.
    private RegistryToken Token(RegistryChallenge challenge, RegistryScope scope, string doing, CancellationToken cancellationToken)
    {
        var request = new TokenRequest(http, challenge, scope, doing);
        return CredentialOf(scope) is { RegistryToken: { } given }
            ? new RegistryToken("Bearer " + given.Reveal(), 0, null)
            : request.Send(CredentialOf(scope), cancellationToken) with { Challenge = challenge };
    }
}
