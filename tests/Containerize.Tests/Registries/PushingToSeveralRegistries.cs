using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

public sealed class PushingToSeveralRegistries : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task MovesNoTagBeforeEverythingIsEverywhere()
    {
        var order = new List<string>();
        await using var one = await FaultRegistry.StartAsync();
        await using var two = await FaultRegistry.StartAsync();
        foreach (var registry in new[] { one, two })
        {
            registry.Chance = request => request.Method == "PUT" && request.Target.Contains("/manifests/", StringComparison.Ordinal) ? Fault.After(() =>
            {
                lock (order)
                {
                    order.Add(request.Target.Contains("sha256", StringComparison.Ordinal) ? "digest" : "tag");
                }

                return Task.CompletedTask;
            }) : null;
        }

        await _machine.PushAsync(SampleImages.Create(["one"]), $"{one.Host}/app:1", $"{two.Host}/team/app:1", $"{two.Host}/team/app:latest");
        Assert.Equal(["digest", "digest", "tag", "tag", "tag"], order);
        Assert.Equal(["1", "latest"], two.Content.Repository("team/app").Tags);
    }

    [Theory]
    [InlineData("/uploads/")]
    [InlineData("/manifests/sha256")]
    public async Task MovesNoTagWhereOneOfThemFails(string path)
    {
        await using var one = await FaultRegistry.StartAsync();
        await using var two = await FaultRegistry.StartAsync();
        await _machine.PushAsync(SampleImages.Create(["old"]), $"{one.Host}/app:1", $"{two.Host}/app:1");
        two.On("PUT", path).Always(Fault.Error(400, "DENIED"));
        Assert.Equal(4006, (await _machine.FailAsync(SampleImages.Create(["new"]), $"{one.Host}/app:1", $"{two.Host}/app:1")).Number);
        Assert.Equal(SampleImages.Create(["old"]).Digest, one.Content.Repository("app").Manifest("1")!.Digest);
        Assert.Equal(SampleImages.Create(["old"]).Digest, two.Content.Repository("app").Manifest("1")!.Digest);

        two.Heal();
        await _machine.PushAsync(SampleImages.Create(["new"]), $"{one.Host}/app:1", $"{two.Host}/app:1");
        Assert.Equal(SampleImages.Create(["new"]).Digest, two.Content.Repository("app").Manifest("1")!.Digest);
    }

    [Fact]
    public async Task SendsNothingToThoseThatHaveIt()
    {
        await using var one = await FaultRegistry.StartAsync();
        await using var two = await FaultRegistry.StartAsync();
        var image = SampleImages.CreateIndex("x");
        await _machine.PushAsync(image, $"{one.Host}/app:1");
        one.ForgetRequests();
        await _machine.PushAsync(image, $"{one.Host}/app:1", $"{two.Host}/app:1");
        Assert.Equal(["HEAD /v2/app/manifests/1 200"], one.Lines);
        Assert.Equal(image.Digest, two.Content.Repository("app").Manifest("1")!.Digest);
        Assert.Contains(_machine.Said, s => s == $"{one.Host}/app:1 is {image.Digest} already; nothing was sent.");
    }
}
