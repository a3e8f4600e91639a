using Containerize.Images;
using Containerize.Oci;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>distribution that wants tokens of a token server, and verifies who signed them, what for and until when.</summary>
public sealed class ADockerRegistryWithTokens : IAsyncLifetime, IDisposable
{
    private static readonly Image Sample = SampleImages.Create(["one", "two"]);
    private readonly Machine _builder = new()
    {
        Variables =
        {
            ["DOTNET_CONTAINER_REGISTRY_UNAME"] = DockerRegistry.User,
            ["DOTNET_CONTAINER_REGISTRY_PWORD"] = DockerRegistry.Password,
        },
    };

    private readonly Machine _nobody = new();
    private TokenServer _tokens = null!;

    public async Task InitializeAsync() => _tokens = await TokenServer.StartAsync();

    public async Task DisposeAsync() => await _tokens.DisposeAsync();

    public void Dispose()
    {
        _builder.Dispose();
        _nobody.Dispose();
    }

    [SkippableFact]
    public async Task IsPushedToAndPulledFrom()
    {
        await using var registry = await StartAsync();
        await _builder.PushAsync(Sample, $"{registry.Host}/team/app:1");
        // What the registry demands for the first request, and what the push will need.
        const string Pushing = "builder repository:team/app:pull repository:team/app:pull,push";
        Assert.Equal([Pushing], _tokens.Asked);
        using var another = new Machine { Variables = _builder.Variables };
        Assert.Equal(await SampleImages.ReadLayersAsync(Sample), await another.PullAsync($"{registry.Host}/team/app:1"));
        Assert.Equal([Pushing, "builder repository:team/app:pull"], _tokens.Asked);
    }

    [SkippableFact]
    public async Task GivesNobodyWhatIsForAll()
    {
        _tokens.Rights = (user, _) => user is null ? ["pull"] : ["pull", "push"];
        await using var registry = await StartAsync();
        await _builder.PushAsync(Sample, $"{registry.Host}/team/app:1");
        Assert.Equal(await SampleImages.ReadLayersAsync(Sample), await _nobody.PullAsync($"{registry.Host}/team/app:1"));
        Assert.Equal("- repository:team/app:pull", _tokens.Asked[^1]);
        Assert.Equal(4004, (await _nobody.FailAsync(Sample, $"{registry.Host}/team/app:2")).Number);
    }

    [SkippableFact]
    public async Task RefusesATokenWithoutTheScope()
    {
        _tokens.Rights = (_, repository) => repository == "team/app" ? ["pull"] : ["pull", "push"];
        await using var registry = await StartAsync();
        var failure = await _builder.FailAsync(Sample, $"{registry.Host}/team/app:1");
        Assert.Equal(4004, failure.Number);
        Assert.StartsWith($"opening an upload to {registry.Host}/team/app: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("UNAUTHORIZED: authentication required", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(DockerRegistry.Password, failure.ToString(), StringComparison.Ordinal);
        await _builder.PushAsync(Sample, $"{registry.Host}/team/other:1");
    }

    [SkippableFact]
    public async Task MountsWhatOneTokenIsGoodForInBoth()
    {
        await using var registry = await StartAsync();
        await _builder.PushAsync(Sample, $"{registry.Host}/team/base:1");
        registry.ForgetRequests();
        await _builder.PushAsync(Sample, $"{registry.Host}/team/app:1");
        Assert.Equal(2, registry.Requests.Count(r => r.Contains("mount=", StringComparison.Ordinal) && r.EndsWith(" 201", StringComparison.Ordinal)));
        // The registry names them in any order.
        Assert.Contains(_tokens.Asked, a => a.Contains("repository:team/base:pull", StringComparison.Ordinal) && a.Contains("repository:team/app:", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task GetsWhatMayNotBeMounted()
    {
        await using var registry = await StartAsync();
        await _builder.PushAsync(Sample, $"{registry.Host}/team/base:1");
        _tokens.Rights = (_, repository) => repository == "team/base" ? [] : ["pull", "push"];
        await _builder.PushAsync(Sample, $"{registry.Host}/team/app:1");
        Assert.DoesNotContain(registry.Requests, r => r.Contains("mount=", StringComparison.Ordinal) && r.EndsWith(" 201", StringComparison.Ordinal));
        using var another = new Machine { Variables = _builder.Variables };
        Assert.Equal(await SampleImages.ReadLayersAsync(Sample), await another.PullAsync($"{registry.Host}/team/app:1"));
    }

    // What is sent is there to be sent when the registry takes the first token no more, whether we were told so or not.
    [SkippableTheory]
    [InlineData(2)]
    [InlineData(3600)]
    public async Task GetsAnotherTokenInTheMiddleOfAPush(int saidSeconds)
    {
        _tokens.FirstLife = TimeSpan.FromSeconds(2);
        _tokens.SaidLife = TimeSpan.FromSeconds(saidSeconds);
        await using var registry = await StartAsync();
        var image = SampleImages.ImageOf([.. Enumerable.Range(0, 8).Select(i => SampleImages.LayerOf(i, 100_000)).Select(l => l with { Source = new Late(l.Source, _tokens) })]);
        await _builder.PushAsync(image, $"{registry.Host}/team/app:1");
        Assert.InRange(_tokens.Asked.Count, 2, 8);
        using var another = new Machine { Variables = _builder.Variables };
        Assert.Equal(await SampleImages.ReadLayersAsync(image), await another.PullAsync($"{registry.Host}/team/app:1"));
    }

    [SkippableFact]
    public async Task TakesNoTokenOfAnotherSigner()
    {
        await using var impostor = await TokenServer.StartAsync();
        await using var registry = await DockerRegistry.StartAsync(new DockerRegistryOptions { Tokens = _tokens, Signers = impostor.Bundle });
        Assert.Equal(4004, (await _builder.FailAsync(Sample, $"{registry.Host}/team/app:1")).Number);
    }

    private Task<DockerRegistry> StartAsync() => DockerRegistry.StartAsync(new DockerRegistryOptions { Tokens = _tokens });

    // Nothing is read from it before the first token has run out; the registry counts whole seconds.
    private sealed class Late(IBlobSource blobs, TokenServer tokens) : IBlobSource
    {
        public async ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken)
        {
            while (tokens.FirstEnd is null || DateTimeOffset.UtcNow < tokens.FirstEnd + TimeSpan.FromSeconds(1))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }

            return await blobs.OpenAsync(blob, offset, cancellationToken);
        }
    }
}
