using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Containerize.Testing;

/// <summary>A registry on 127.0.0.1, strict to distribution-spec 1.1, that fails where it is told to and writes down every request.</summary>
/// <remarks>https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md</remarks>
public sealed class FaultRegistry : IAsyncDisposable
{
    private readonly List<RecordedRequest> _requests = [];
    private readonly List<FaultRule> _rules = [];
    private readonly FaultRegistryOptions _options;
    private readonly WebApplication _server;
    private readonly FaultRouter _router;
    private int _open;

    private FaultRegistry(FaultRegistryOptions options)
    {
        _options = options;
        Content = options.Content ?? new RegistryContent();
        _router = new FaultRouter(Content, options.Quirks);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(Configure);
        _server = builder.Build();
        _server.Run(ServeAsync);
    }

    /// <summary>host:port.</summary>
    public string Host { get; private set; } = "";

    /// <summary>What the registry has.</summary>
    public RegistryContent Content { get; }

    /// <summary>Asked of each request that no rule is for; null lets it pass.</summary>
    public Func<RecordedRequest, Fault?>? Chance { get; set; }

    /// <summary>The most connections that were open at once.</summary>
    public int MostConnections { get; private set; }

    /// <summary>The requests so far, in the order of their arrival.</summary>
    public IReadOnlyList<RecordedRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>The requests as lines, "METHOD /path STATUS"; 0 where the connection was cut instead of an answer.</summary>
    public IReadOnlyList<string> Lines => [.. Requests.Select(r => r.ToString())];

    /// <summary>Starts a registry on a free port.</summary>
    public static async Task<FaultRegistry> StartAsync(FaultRegistryOptions? options = null)
    {
        var registry = new FaultRegistry(options ?? new FaultRegistryOptions());
        await registry._server.StartAsync();
        var address = registry._server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        registry.Host = new Uri(address).Authority;
        return registry;
    }

    /// <summary>Starts a registry with the habits of a known one.</summary>
    public static Task<FaultRegistry> StartAsync(RegistryQuirks quirks) => StartAsync(new FaultRegistryOptions { Quirks = quirks });

    /// <summary>A rule for the requests of this method (null: any) whose path and query have this text.</summary>
    public FaultRule On(string? method, string path)
    {
        var rule = new FaultRule(method, path);
        lock (_rules)
        {
            _rules.Add(rule);
        }

        return rule;
    }

    /// <summary>Takes all rules away.</summary>
    public void Heal()
    {
        lock (_rules)
        {
            _rules.Clear();
        }

        Chance = null;
    }

    /// <summary>How many requests there were of this method whose path and query have this text.</summary>
    public int Count(string method, string path = "") => Requests.Count(r => r.Method == method && r.Target.Contains(path, StringComparison.Ordinal));

    /// <summary>Forgets the requests so far.</summary>
    public void ForgetRequests()
    {
        lock (_requests)
        {
            _requests.Clear();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // Stalled requests wait for this.
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _server.StopAsync(now.Token);
        await _server.DisposeAsync();
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => async connection =>
            {
                lock (_requests)
                {
                    MostConnections = Math.Max(MostConnections, ++_open);
                }

                try
                {
                    await next(connection);
                }
                finally
                {
                    Interlocked.Decrement(ref _open);
                }
            });
            if (_options.Certificate is { } certificate)
            {
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = certificate;
                    https.ClientCertificateMode = _options.AsksForCertificates ? ClientCertificateMode.AllowCertificate : ClientCertificateMode.NoCertificate;
                    https.AllowAnyClientCertificate();
                });
            }
        });
    }

    private async Task ServeAsync(HttpContext context)
    {
        var request = Record(context);
        context.Response.OnStarting(() =>
        {
            request.Status = context.Response.StatusCode;
            return Task.CompletedTask;
        });
        context.Request.Body = new CountedBody(context.Request.Body, request);
        var fault = Find(request);
        try
        {
            if (fault is null)
            {
                await AnswerAsync(context);
            }
            else
            {
                await fault.RunAsync(context, () => AnswerAsync(context));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client has gone, or was cut off.
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (_options.Authorize is null || await _options.Authorize(context))
        {
            await _router.AnswerAsync(context);
        }
    }

    private RecordedRequest Record(HttpContext context)
    {
        // The address as it was written: "%2F" is no "/".
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        lock (_requests)
        {
            var request = new RecordedRequest(context.Request.Method, target, headers);
            context.Items[typeof(RecordedRequest)] = request;
            _requests.Add(request);
            return request;
        }
    }

    private Fault? Find(RecordedRequest request)
    {
        lock (_rules)
        {
            Fault? found = null;
            foreach (var rule in _rules)
            {
                // Each counts all of its requests, also those that another rule fails.
                var fault = rule.Next(request);
                found ??= fault;
            }

            return found ?? Chance?.Invoke(request);
        }
    }
}
