using Containerize.Layers;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries.Credentials;

// A3: what is mounted from another repository needs leave to read that one too.
public sealed class TokensForAMount : IDisposable
{
    private static readonly Layer Base = SampleImages.LayerOf(1, 2000);
    private readonly TokenRealm _realm = new(null, TimeProvider.System, TimeSpan.FromHours(1));
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task AskForBothRepositories()
    {
        await using var registry = await PushedAsync(_ => { });
        Assert.Equal(1, registry.Requests.Count(r => r.Target.Contains("mount=", StringComparison.Ordinal) && r.Status == 201));
        var asked = registry.Requests.Select(r => Uri.UnescapeDataString(r.Target)).Single(t => t.StartsWith("/token", StringComparison.Ordinal) && t.Contains("repository:one:pull", StringComparison.Ordinal));
        Assert.Contains("repository:two:pull,push", asked, StringComparison.Ordinal);
        Assert.Equal(0, registry.Count("PUT", Base.Descriptor.Digest.Hex));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(400)]
    public async Task ThatAreRefusedLeaveTheBlobToBeSent(int status)
    {
        await using var registry = await PushedAsync(r => r.On("GET", "one%3Apull").Always(Fault.Error(status, "DENIED")));
        AssertSent(registry);
    }

    [Fact]
    public async Task ThatAreGivenForOneOfThemLeaveTheBlobToBeSent()
    {
        _realm.Refused.Add("repository:one:pull");
        await using var registry = await PushedAsync(_ => { });
        AssertSent(registry);
    }

    private static void AssertSent(FaultRegistry registry)
    {
        Assert.Equal(1, registry.Requests.Count(r => r.Method == "PUT" && r.Target.Contains(Base.Descriptor.Digest.Hex, StringComparison.Ordinal) && r.Status == 201));
        Assert.Equal(["1"], registry.Content.Repository("two").Tags);
    }

    private async Task<FaultRegistry> PushedAsync(Action<FaultRegistry> script)
    {
        var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = _realm.AuthorizeAsync });
        await _machine.PushAsync(SampleImages.ImageOf(Base), $"{registry.Host}/one:1");
        registry.ForgetRequests();
        script(registry);
        await _machine.PushAsync(SampleImages.ImageOf(Base), $"{registry.Host}/two:1");
        return registry;
    }
}
