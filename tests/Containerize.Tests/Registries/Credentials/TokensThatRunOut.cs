using Containerize.Registries;
using Containerize.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Containerize.Tests.Registries.Credentials;

public class TokensThatRunOut
{
    // A1: each blob takes a part of the false clock's second, and a token is good for two.
    [Fact]
    public async Task InTheMiddleOfAPushAreRenewed()
    {
        var clock = new FakeTimeProvider();
        var realm = new TokenRealm(null, clock, TimeSpan.FromSeconds(2));
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = realm.AuthorizeAsync });
        registry.On("PUT", "/uploads/").Always(Fault.After(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(0.3));
            return Task.CompletedTask;
        }));
        var image = SampleImages.ImageOf([.. Enumerable.Range(0, 10).Select(i => SampleImages.LayerOf(i, 3000))]);
        using var machine = new Machine();
        using var client = machine.Client(options => options with { Time = clock });
        await Task.Run(() => client.PushDestination([Reference.Parse($"{registry.Host}/app:1")]).WriteAsync(image, CancellationToken.None));
        Assert.Equal(["1"], registry.Content.Repository("app").Tags);
        Assert.InRange(realm.Given, 2, 11);
    }

    [Fact]
    public async Task ForManyRequestsAtOnceAreRenewedOnce()
    {
        var realm = new TokenRealm(null, TimeProvider.System, TimeSpan.FromHours(1));
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = realm.AuthorizeAsync });
        // Nobody is answered before all ask: then all of them have the token that is taken back.
        const int AtOnce = 4;
        var arrived = 0;
        var all = new TaskCompletionSource();
        registry.On("PUT", "/uploads/").Times(AtOnce, Fault.After(async () =>
        {
            if (Interlocked.Increment(ref arrived) == AtOnce)
            {
                realm.Revoke();
                all.TrySetResult();
            }

            await Task.WhenAny(all.Task, Task.Delay(TimeSpan.FromSeconds(10)));
        }));
        var image = SampleImages.ImageOf([.. Enumerable.Range(0, 10).Select(i => SampleImages.LayerOf(i, 3000))]);
        using var machine = new Machine();
        await machine.PushAsync(image, $"{registry.Host}/app:1");
        Assert.Equal(AtOnce, registry.Requests.Count(r => r.Method == "PUT" && r.Status == 401));
        Assert.Equal(2, realm.Given);
    }

    // A2.
    [Fact]
    public async Task WhileABlobIsSentSendItOnceMore()
    {
        var realm = new TokenRealm(null, TimeProvider.System, TimeSpan.FromHours(1));
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = realm.AuthorizeAsync });
        var layer = SampleImages.LayerOf(1, 300_000);
        var challenge = $"Bearer realm=\"http://{registry.Host}/token\",service=\"test service\",scope=\"repository:app:pull,push\"";
        registry.On("PUT", layer.Descriptor.Digest.Hex).First(Fault.Answer(401, "", "WWW-Authenticate", challenge));
        using var machine = new Machine();
        await machine.PushAsync(SampleImages.ImageOf(layer), $"{registry.Host}/app:1");
        var sent = registry.Requests.Where(r => r.Method == "PUT" && r.Target.Contains(layer.Descriptor.Digest.Hex, StringComparison.Ordinal)).ToList();
        Assert.Equal([(401, 300_000L), (201, 300_000L)], sent.Select(r => (r.Status, r.BodyBytes)));
        Assert.NotEqual(sent[0]["Authorization"], sent[1]["Authorization"]);
        Assert.Equal(2, realm.Given);
    }

    [Fact]
    public async Task ByTheRegistrysWrongClockDoNotMatter()
    {
        // Its clock stands still in 2099; ours counts from when the token came.
        var realm = new TokenRealm(null, new FakeTimeProvider(new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero)), TimeSpan.FromMinutes(5));
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = realm.AuthorizeAsync });
        using var machine = new Machine();
        await machine.PushAsync(SampleImages.Create(["one"]), $"{registry.Host}/app:1");
        Assert.Equal(1, realm.Given);
    }
}
