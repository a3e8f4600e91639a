using Containerize.Images;
using Containerize.Layers;
using Containerize.Registries;
using Containerize.Storage;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>A push that begins before there is the image.</summary>
public sealed class PushingWhileBuilding : IDisposable
{
    private static readonly Layer Base = SampleImages.LayerOf("base", "base");
    private static readonly Layer Packages = SampleImages.LayerOf("packages", "packages");
    private static readonly Layer App = SampleImages.LayerOf("app", "app");
    private readonly TemporaryFolder _folder = new();
    private readonly RegistryClient _client;

    public PushingWhileBuilding() => _client = new RegistryClient(new RegistryOptions
    {
        Environment = _ => null,
        Cache = new BlobStore(_folder["cache"]),
        RetryDelay = TimeSpan.FromMilliseconds(10),
    });

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [SkippableFact]
    public async Task TheLayersGoFirstAndTheRestAfterThem()
    {
        await using var registry = await DockerRegistry.StartAsync();
        var push = Begin(registry.Host);
        Announce(push, (Base, false), (Packages, true), (App, true));
        push.Settle();
        Assert.Equal(3, registry.Requests.Count(r => r.StartsWith("PUT /v2/app/blobs", StringComparison.Ordinal)));
        Assert.DoesNotContain(registry.Requests, r => r.StartsWith("PUT /v2/app/manifests", StringComparison.Ordinal));

        registry.ForgetRequests();
        var image = ImageOf(Base, Packages, App);
        await push.WriteAsync(image, CancellationToken.None);
        Assert.Equal(["HEAD", "POST", "PUT", "PUT"], registry.Requests.Select(Method).Order(StringComparer.Ordinal));
        Assert.Equal(image.Digest, (await _client.PullSource(Name(registry.Host)).ReadAsync(CancellationToken.None)).Digest);
    }

    [SkippableFact]
    public async Task WhereNothingIsNewOnlyTheTagIsAskedFor()
    {
        await using var registry = await DockerRegistry.StartAsync();
        await _client.PushDestination([Name(registry.Host)]).WriteAsync(ImageOf(Base, App), CancellationToken.None);
        registry.ForgetRequests();
        var push = Begin(registry.Host);
        Announce(push, (Base, false), (App, false));
        await push.WriteAsync(ImageOf(Base, App), CancellationToken.None);
        Assert.Equal(["HEAD /v2/app/manifests/1 200"], registry.Requests);
    }

    [SkippableFact]
    public async Task WhatTheTagHasNeedsNoQuestion()
    {
        await using var registry = await DockerRegistry.StartAsync();
        await _client.PushDestination([Name(registry.Host)]).WriteAsync(ImageOf(Base, Packages), CancellationToken.None);
        registry.ForgetRequests();
        var push = Begin(registry.Host);
        Announce(push, (Base, false), (Packages, false), (App, true));
        await push.WriteAsync(ImageOf(Base, Packages, App), CancellationToken.None);
        // The tag, the app's layer and the configuration; both are sent, and the manifest.
        Assert.Equal(["HEAD", "HEAD", "HEAD", "POST", "POST", "PUT", "PUT", "PUT"], registry.Requests.Select(Method).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task WhatARegistryHasLostIsSentAgain()
    {
        await using var registry = await DockerRegistry.StartAsync();
        await _client.PushDestination([Name(registry.Host)]).WriteAsync(ImageOf(Base, Packages), CancellationToken.None);
        registry.Lose("app", Packages.Descriptor.Digest.ToString());
        var image = ImageOf(Base, Packages, App);
        await _client.PushDestination([Name(registry.Host)]).WriteAsync(image, CancellationToken.None);
        using var fresh = new RegistryClient(new RegistryOptions { Environment = _ => null });
        var read = (Image)await fresh.PullSource(Name(registry.Host)).ReadAsync(CancellationToken.None);
        Assert.Equal(await SampleImages.ReadLayersAsync(image), await SampleImages.ReadLayersAsync(read));
    }

    [SkippableFact]
    public async Task AnUploadThatWasOpenedAndIsNotNeededIsGivenUp()
    {
        await using var registry = await DockerRegistry.StartAsync();
        await _client.PushDestination([Name(registry.Host)]).WriteAsync(ImageOf(Base, App), CancellationToken.None);
        registry.ForgetRequests();
        // As with a cache that was lost: the layer is made again, and is there.
        var push = Begin(registry.Host);
        Announce(push, (Base, false), (App, true));
        await push.WriteAsync(ImageOf(Base, App), CancellationToken.None);
        push.Settle();
        Assert.Equal(["DELETE", "HEAD", "POST"], registry.Requests.Select(Method).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AFailureIsToldWhenTheImageIsWritten()
    {
        using var refused = new ScriptedServer((_, response) => response.StatusCode = 403);
        var push = Begin(refused.Host);
        Announce(push, (App, true));
        push.Settle();
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => push.WriteAsync(ImageOf(App), CancellationToken.None));
        Assert.Equal(4004, failure.Number);
    }

    [Fact]
    public async Task ACancelledOneComesToRest()
    {
        using var release = new ManualResetEventSlim();
        using var silent = new ScriptedServer((_, _) => release.Wait(TimeSpan.FromSeconds(60)));
        using var stop = new CancellationTokenSource();
        var push = _client.PushDestination([Name(silent.Host)]);
        push.Begin(stop.Token);
        push.Expect();
        push.Announce(App, true);
        await stop.CancelAsync();
        await Task.Run(push.Settle, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20), CancellationToken.None);
        release.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => push.WriteAsync(ImageOf(App), stop.Token));
    }

    private static Reference Name(string host) => Reference.Parse($"{host}/app:1");

    private static string Method(string request) => request.Split(' ')[0];

    private static Image ImageOf(params Layer[] layers) => Image.Create(SampleImages.Create(["x"]).Config, layers);

    private static void Announce(IEarlyDestination push, params (Layer Layer, bool IsNew)[] layers)
    {
        foreach (var (layer, isNew) in layers)
        {
            if (isNew)
            {
                push.Expect();
            }

            push.Announce(layer, isNew);
        }
    }

    private IEarlyDestination Begin(string host)
    {
        var push = _client.PushDestination([Name(host)]);
        push.Begin(CancellationToken.None);
        return push;
    }
}
