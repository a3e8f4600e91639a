using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Containerize.Testing;

/// <summary>A registry's own token server, at /token, and the demand for its tokens (distribution's token specification).</summary>
/// <param name="account">Who may have tokens; null for everybody.</param>
/// <param name="time">The clock of the tokens' lives.</param>
/// <param name="life">How long a token is good.</param>
public sealed partial class TokenRealm(BasicAccount? account, TimeProvider time, TimeSpan life)
{
    private readonly Dictionary<string, Token> _tokens = new(StringComparer.Ordinal);
    private int _last;

    /// <summary>How many tokens were given.</summary>
    public int Given => Volatile.Read(ref _last);

    /// <summary>Scopes that nobody gets a token for.</summary>
    public HashSet<string> Refused { get; } = [];

    /// <summary>Takes all tokens back.</summary>
    public void Revoke()
    {
        lock (_tokens)
        {
            _tokens.Clear();
        }
    }

    /// <summary>For <see cref="FaultRegistryOptions.Authorize"/>.</summary>
    public async Task<bool> AuthorizeAsync(HttpContext context)
    {
        if (context.Request.Path == "/token")
        {
            await GiveAsync(context);
            return false;
        }

        var scopes = Demanded(context);
        if (IsGood(context.Request.Headers.Authorization.ToString(), scopes))
        {
            return true;
        }

        var scope = scopes.Count == 0 ? "" : $",scope=\"{string.Join(' ', scopes)}\"";
        context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{context.Request.Scheme}://{context.Request.Host}/token\",service=\"test service\"{scope}";
        await FaultAnswers.ErrorAsync(context, 401, "UNAUTHORIZED", "a token is needed");
        return false;
    }

    private async Task GiveAsync(HttpContext context)
    {
        if (account is not null && !account.Knows(context))
        {
            await FaultAnswers.ErrorAsync(context, 401, "UNAUTHORIZED", "who are you?");
            return;
        }

        var scopes = context.Request.Query["scope"].SelectMany(s => s!.Split(' ')).Where(s => !Refused.Contains(s)).ToHashSet();
        var token = $"token-{Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture)}";
        lock (_tokens)
        {
            _tokens["Bearer " + token] = new Token(scopes, time.GetUtcNow() + life);
        }

        await FaultAnswers.JsonAsync(context, 200, new { token, expires_in = (int)life.TotalSeconds });
    }

    private bool IsGood(string header, IReadOnlyList<string> demanded)
    {
        lock (_tokens)
        {
            return _tokens.TryGetValue(header, out var token) && token.Until > time.GetUtcNow() && demanded.All(d => token.Scopes.Any(s => Covers(s, d)));
        }
    }

    // repository:NAME:pull,push covers repository:NAME:pull.
    private static bool Covers(string scope, string demanded)
    {
        var (have, need) = (scope.Split(':'), demanded.Split(':'));
        return have.Length == 3 && need.Length == 3 && have[1] == need[1] && need[2].Split(',').All(have[2].Split(',').Contains);
    }

    private static List<string> Demanded(HttpContext context)
    {
        var match = Repository().Match(context.Request.Path);
        if (!match.Success)
        {
            return [];
        }

        var scopes = new List<string> { $"repository:{match.Groups[1].Value}:{(context.Request.Method is "GET" or "HEAD" ? "pull" : "pull,push")}" };
        if (context.Request.Query["from"].FirstOrDefault() is { } from)
        {
            scopes.Add($"repository:{from}:pull");
        }

        return scopes;
    }

    [GeneratedRegex("^/v2/(.+)/(?:blobs|manifests|tags|referrers)/")]
    private static partial Regex Repository();

    private sealed record Token(HashSet<string> Scopes, DateTimeOffset Until);
}
