using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Containerize.Testing;

/// <summary>A token server of its own, whose signed tokens (JWT, ES256) distribution's registry takes.</summary>
/// <remarks>https://distribution.github.io/distribution/spec/auth/jwt/</remarks>
public sealed class TokenServer : IAsyncDisposable
{
    /// <summary>Who signs.</summary>
    public const string Issuer = "token server of a test";

    /// <summary>What the tokens are for.</summary>
    public const string Service = "registry of a test";

    // For clocks that differ: distribution takes a token for a minute longer than it says.
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private readonly TestAuthority _authority = new("token server");
    private readonly X509Certificate2 _signer;
    private readonly List<string> _asked = [];
    private readonly WebApplication _server;
    private DateTimeOffset? _firstEnd;

    private TokenServer(X509Certificate2? certificate)
    {
        _signer = _authority.Sign(20, "signer.test");
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        _server = builder.Build();
        _server.Run(GiveAsync);
    }

    /// <summary>Where tokens are to be had.</summary>
    public Uri Realm { get; private set; } = null!;

    /// <summary>The certificates of those who may sign, for the registry.</summary>
    public string Bundle => _authority.Pem;

    /// <summary>For how long the registry takes the first token; the others are good for minutes.</summary>
    public TimeSpan FirstLife { get; set; } = Long;

    /// <summary>How long we are told that the first token is good; null for the truth.</summary>
    public TimeSpan? SaidLife { get; set; }

    /// <summary>When the registry takes the first token no more; null before there is one.</summary>
    public DateTimeOffset? FirstEnd
    {
        get
        {
            lock (_asked)
            {
                return _firstEnd;
            }
        }
    }

    /// <summary>What a user (null: nobody) may do in a repository, of pull and push; everything where nothing is set.</summary>
    public Func<string?, string, IReadOnlyList<string>> Rights { get; set; } = (_, _) => ["pull", "push"];

    /// <summary>What was asked for, "USER SCOPE SCOPE ...", where nobody is "-".</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked)
            {
                return [.. _asked];
            }
        }
    }

    /// <summary>Starts one on a free port of 127.0.0.1, with https where there is a certificate.</summary>
    public static async Task<TokenServer> StartAsync(X509Certificate2? certificate = null)
    {
        var server = new TokenServer(certificate);
        await server._server.StartAsync();
        server.Realm = new Uri(new Uri(server._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), "token");
        return server;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _signer.Dispose();
        _authority.Dispose();
    }

    private async Task GiveAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var user = header.Length == 0 ? null : DockerRegistry.User;
        if (user is not null && header != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{DockerRegistry.Password}")))
        {
            await FaultAnswers.ErrorAsync(context, 401, "UNAUTHORIZED", "who are you?");
            return;
        }

        string[] scopes = [.. context.Request.Query["scope"].SelectMany(s => s!.Split(' '))];
        var now = DateTimeOffset.UtcNow;
        bool isFirst;
        lock (_asked)
        {
            isFirst = _asked.Count == 0;
            _firstEnd ??= now + FirstLife;
            _asked.Add($"{user ?? "-"} {string.Join(' ', scopes)}".TrimEnd());
        }

        var life = isFirst ? FirstLife : Long;
        object[] access = [.. scopes.Select(s => s.Split(':')).Select(s => Granted(user, s[1], s[2].Split(',')))];
        await FaultAnswers.JsonAsync(context, 200, new { token = Sign(now, life, access), expires_in = (int)(isFirst ? SaidLife ?? life : life).TotalSeconds });
    }

    private object Granted(string? user, string repository, string[] wanted) =>
        new { type = "repository", name = repository, actions = wanted.Intersect(Rights(user, repository)) };

    private string Sign(DateTimeOffset now, TimeSpan life, object[] access)
    {
        var head = new { typ = "JWT", alg = "ES256", x5c = new[] { Convert.ToBase64String(_signer.RawData) } };
        var claims = new
        {
            iss = Issuer,
            aud = Service,
            sub = "",
            jti = Guid.NewGuid().ToString("N"),
            iat = now.ToUnixTimeSeconds(),
            nbf = (now - Leeway).ToUnixTimeSeconds(),
            exp = (now + life - Leeway).ToUnixTimeSeconds(),
            access,
        };
        var text = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(head))}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        using var key = _signer.GetECDsaPrivateKey()!;
        return $"{text}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }
}
