using Containerize.Layers;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>A push that failed or was killed, and another process that pushes the same.</summary>
public sealed class TakingUpAnUpload : IDisposable
{
    private static readonly Layer Large = SampleImages.LayerOf(1, 3_000_000);
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SendsOnlyTheRest(bool stateful)
    {
        await using var registry = await CutAsync(new RegistryQuirks { StatefulLocation = stateful });
        await _machine.PushAsync(SampleImages.ImageOf(Large), $"{registry.Host}/app:1");
        var rest = Assert.Single(registry.Requests, r => r.Method == "PATCH");
        Assert.Equal(("1800000-2999999", 1_200_000L), (rest["Content-Range"], rest.BodyBytes));
        Assert.Equal(["1"], registry.Content.Repository("app").Tags);
        Assert.Contains(_machine.Said, s => s.Contains("has 1800000 of the 3000000 bytes of a blob from an earlier push", StringComparison.Ordinal));
        Assert.Empty(_machine.Files("cache/registries/uploads"));
        Assert.Empty(registry.Content.Uploads);
    }

    [Fact]
    public async Task BeginsAnewWhereTheRegistryForgotIt()
    {
        await using var registry = await CutAsync(new RegistryQuirks());
        registry.Content.ForgetUploads();
        await _machine.PushAsync(SampleImages.ImageOf(Large), $"{registry.Host}/app:1");
        Assert.Equal(0, registry.Count("PATCH"));
        Assert.Equal(["1"], registry.Content.Repository("app").Tags);
        Assert.Empty(_machine.Files("cache/registries/uploads"));
    }

    [Theory]
    [MemberData(nameof(Known))]
    public async Task EndsRightWhateverTheRegistry(string name)
    {
        var quirks = KnownRegistries.All.Single(k => k.Name == name) with { AlwaysTokens = false, NameParts = 1 };
        await using var registry = await CutAsync(quirks);
        await _machine.PushAsync(SampleImages.ImageOf(Large), $"{registry.Host}/app:1");
        Assert.Equal(3_000_000, registry.Content.Repository("app").Blob(Large.Descriptor.Digest)!.Length);
        Assert.Equal(["1"], registry.Content.Repository("app").Tags);
    }

    public static TheoryData<string> Known => [.. KnownRegistries.All.Select(k => k.Name)];

    [Theory]
    [InlineData("")]
    [InlineData("containerize upload 1\nother\nhttp://127.0.0.1/x\n9999999999\n")]
    [InlineData("containerize upload 1\nNAME\nfile:///etc/passwd\n9999999999\n")]
    [InlineData("containerize upload 1\nNAME\nhttp://u:p@127.0.0.1/x\n9999999999\n")]
    [InlineData("containerize upload 1\nNAME\nURL\n12\n")]
    [InlineData("containerize upload 1\nNAME\nURL")]
    public async Task DoesNotBelieveEveryNote(string text)
    {
        await using var registry = await CutAsync(new RegistryQuirks());
        var note = Path.Combine(_machine.Journal, "uploads", _machine.Files("cache/registries/uploads").Single(f => !f.EndsWith(".lock", StringComparison.Ordinal)));
        var lines = (await File.ReadAllTextAsync(note)).Split('\n');
        await File.WriteAllTextAsync(note, text.Replace("NAME", lines[1], StringComparison.Ordinal).Replace("URL", lines[2], StringComparison.Ordinal));
        await _machine.PushAsync(SampleImages.ImageOf(Large), $"{registry.Host}/app:1");
        Assert.Equal(0, registry.Count("PATCH"));
        Assert.Equal(["1"], registry.Content.Repository("app").Tags);
    }

    [Fact]
    public async Task IsNotDoneByTwoAtOnce()
    {
        await using var registry = await CutAsync(new RegistryQuirks());
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => _machine.PushAsync(SampleImages.ImageOf(Large), $"{registry.Host}/app:{i}")));
        Assert.InRange(registry.Count("PATCH"), 0, 1);
        Assert.Equal(["0", "1", "2", "3"], registry.Content.Repository("app").Tags);
    }

    // As a kill does: the upload is cut and nothing after it is done.
    private async Task<FaultRegistry> CutAsync(RegistryQuirks quirks)
    {
        var registry = await FaultRegistry.StartAsync(quirks);
        registry.Content.Repository("app");
        registry.On("PUT", Large.Descriptor.Digest.Hex).First(Fault.CutRequest(1_800_000));
        registry.Chance = request => request.Method == "HEAD" && registry.Requests.Any(r => r.IsCut) ? Fault.Error(401, "UNAUTHORIZED") : null;
        Assert.Equal(4004, (await _machine.FailAsync(SampleImages.ImageOf(Large), $"{registry.Host}/app:1")).Number);

        Assert.NotEmpty(_machine.Files("cache/registries/uploads"));
        registry.Heal();
        registry.ForgetRequests();
        return registry;
    }
}
