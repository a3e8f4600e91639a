using Containerize.Layers;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

public sealed class MountingBlobs : IDisposable
{
    private static readonly Layer Base = SampleImages.LayerOf(1, 2000);
    private static readonly Layer App = SampleImages.LayerOf(2, 2000);
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task FromWhereAnEarlierPushPutThemSendsNothing()
    {
        await using var registry = await FaultRegistry.StartAsync();
        await _machine.PushAsync(SampleImages.ImageOf(Base), $"{registry.Host}/team/one:1");
        registry.ForgetRequests();
        await _machine.PushAsync(SampleImages.ImageOf(Base, App), $"{registry.Host}/team/two:1");
        Assert.Equal(1, registry.Count("POST", $"mount={Uri.EscapeDataString(Base.Descriptor.Digest.ToString())}&from=team%2Fone"));
        Assert.Equal(0, registry.Count("PUT", Base.Descriptor.Digest.Hex));
        Assert.Equal(1, registry.Count("PUT", App.Descriptor.Digest.Hex));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(400)]
    [InlineData(403)]
    public async Task ThatAreRefusedAreSentInstead(int status)
    {
        await using var registry = await PushedAsync(r => r.On("POST", "mount=").Always(Fault.Error(status, "UNSUPPORTED")));
        Assert.Equal(1, registry.Count("PUT", Base.Descriptor.Digest.Hex));
        Assert.Equal(["1"], registry.Content.Repository("two").Tags);
    }

    [Fact]
    public async Task ThatAreAnsweredWithAnUploadUseIt()
    {
        await using var registry = await PushedAsync(_ => { }, new RegistryQuirks { RefusesMounts = true });
        // The mount's, and the configuration's.
        Assert.Equal(2, registry.Count("POST", "/uploads/"));
        Assert.Equal(1, registry.Count("PUT", Base.Descriptor.Digest.Hex));
        Assert.Empty(registry.Content.Uploads);
    }

    [Fact]
    public async Task AtQuayAlwaysSayFromWhere()
    {
        await using var registry = await PushedAsync(_ => { }, KnownRegistries.Quay);
        Assert.Equal(0, registry.Count("PUT", Base.Descriptor.Digest.Hex));
    }

    [Fact]
    public async Task WithoutATokenForTheOtherRepositoryAreSent()
    {
        var realm = new TokenRealm(null, TimeProvider.System, TimeSpan.FromHours(1));
        realm.Refused.Add("repository:one:pull");
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = realm.AuthorizeAsync });
        await _machine.PushAsync(SampleImages.ImageOf(Base), $"{registry.Host}/one:1");
        await _machine.PushAsync(SampleImages.ImageOf(Base, App), $"{registry.Host}/two:1");
        Assert.Equal(["1"], registry.Content.Repository("two").Tags);
    }

    [Fact]
    public async Task AreTriedFromEveryRepositoryThatHadThem()
    {
        await using var registry = await FaultRegistry.StartAsync();
        await _machine.PushAsync(SampleImages.ImageOf(Base), $"{registry.Host}/one:1");
        await _machine.PushAsync(SampleImages.ImageOf(Base), $"{registry.Host}/two:1");
        registry.Content.Repository("two").Lose(Base.Descriptor.Digest);
        registry.ForgetRequests();
        await _machine.PushAsync(SampleImages.ImageOf(Base, App), $"{registry.Host}/three:1");
        Assert.Equal([202, 201], registry.Requests.Where(r => r.Target.Contains("mount=", StringComparison.Ordinal)).Select(r => r.Status));
        Assert.Equal(0, registry.Count("PUT", Base.Descriptor.Digest.Hex));
        Assert.Empty(registry.Content.Uploads);
    }

    [Fact]
    public async Task OfAnImageAtTheSameRegistryNeedNoBytesHere()
    {
        await using var registry = await FaultRegistry.StartAsync();
        using (var other = new Machine())
        {
            await other.PushAsync(SampleImages.ImageOf(Base, App), $"{registry.Host}/one:1");
        }

        registry.ForgetRequests();
        using var client = _machine.Client();
        await client.PushDestination([Reference.Parse($"{registry.Host}/two:1")])
            .WriteAsync(await client.PullSource(Reference.Parse($"{registry.Host}/one:1")).ReadAsync(CancellationToken.None), CancellationToken.None);
        Assert.Equal(0, registry.Count("GET", Base.Descriptor.Digest.Hex));
        Assert.Equal(2, registry.Count("POST", "mount="));
    }

    [Fact]
    public void AreRememberedWithinBounds()
    {
        var places = new BlobPlaces(Path.Combine(_machine.Journal, "places"), "r.example:5000");
        for (var i = 0; i < 60; i++)
        {
            places.Add($"team/app{i}", [.. Enumerable.Range(0, 100).Select(n => Oci.Digest.Of(BitConverter.GetBytes(n)))]);
        }

        Assert.InRange(new FileInfo(Path.Combine(_machine.Journal, "places", "r.example%3A5000")).Length, 1, 256 * 1024);
        Assert.Equal(["team/app59", "team/app58", "team/app57", "team/app56"], places.Of(Oci.Digest.Of(BitConverter.GetBytes(7))));
        Assert.Empty(places.Of(Oci.Digest.Of("x"u8)));
    }

    [Fact]
    public void AreNotLookedForInWhatIsNoRepository()
    {
        Directory.CreateDirectory(Path.Combine(_machine.Journal, "places"));
        File.WriteAllText(Path.Combine(_machine.Journal, "places", "r"), $"{Base.Descriptor.Digest} ../../x\n{Base.Descriptor.Digest} good\nnonsense\n");
        Assert.Equal(["good"], new BlobPlaces(Path.Combine(_machine.Journal, "places"), "r").Of(Base.Descriptor.Digest));
    }

    private async Task<FaultRegistry> PushedAsync(Action<FaultRegistry> script, RegistryQuirks? quirks = null)
    {
        var registry = await FaultRegistry.StartAsync(quirks ?? new RegistryQuirks());
        await _machine.PushAsync(SampleImages.ImageOf(Base), $"{registry.Host}/one:1");
        registry.ForgetRequests();
        script(registry);
        await _machine.PushAsync(SampleImages.ImageOf(Base), $"{registry.Host}/two:1");
        return registry;
    }
}
