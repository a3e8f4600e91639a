using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>A registry that answers while a body is on its way, and closes.</summary>
public class AnswersBeforeTheEnd
{
    [Theory]
    [InlineData(403, "DENIED", 4004)]
    [InlineData(400, "NAME_INVALID", 4006)]
    public async Task AreTheReasonThatIsTold(int status, string code, int number)
    {
        var layer = SampleImages.LayerOf(1, 32_000_000);
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("PUT", layer.Descriptor.Digest.Hex).Always(Fault.AnswerEarly(status, $$"""{"errors":[{"code":"{{code}}","message":"go away"}]}"""));
        using var machine = new Machine();
        var failure = await machine.FailAsync(SampleImages.ImageOf(layer), $"{registry.Host}/app:1");
        Assert.Equal(number, failure.Number);
        Assert.Contains(code, failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, registry.Count("PUT", layer.Descriptor.Digest.Hex));
    }

    [Fact]
    public async Task ThatDemandATokenGetIt()
    {
        var layer = SampleImages.LayerOf(1, 32_000_000);
        var realm = new TokenRealm(null, TimeProvider.System, TimeSpan.FromMinutes(5));
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = realm.AuthorizeAsync });
        registry.On("PUT", layer.Descriptor.Digest.Hex).First(Fault.After(() =>
        {
            realm.Revoke();
            return Task.CompletedTask;
        }));
        using var machine = new Machine();
        await machine.PushAsync(SampleImages.ImageOf(layer), $"{registry.Host}/app:1");
        Assert.Equal([401, 201], registry.Requests.Where(r => r.Method == "PUT" && r.Target.Contains(layer.Descriptor.Digest.Hex, StringComparison.Ordinal)).Select(r => r.Status));
    }

    [Fact]
    public async Task ThatCallItTooLargeGetPieces()
    {
        var layer = SampleImages.LayerOf(1, 32_000_000);
        await using var registry = await FaultRegistry.StartAsync(new RegistryQuirks { LargestBody = 10_000_000 });
        using var machine = new Machine();
        await machine.PushAsync(SampleImages.ImageOf(layer), $"{registry.Host}/app:1");
        Assert.Equal([413, 201], registry.Requests.Where(r => r.Method == "PUT" && r.Target.Contains(layer.Descriptor.Digest.Hex, StringComparison.Ordinal)).Select(r => r.Status));
        Assert.Equal(4, registry.Requests.Count(r => r.Method == "PATCH" && r.Status == 202));
    }
}
