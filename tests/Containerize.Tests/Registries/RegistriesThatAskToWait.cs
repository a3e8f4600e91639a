using Containerize.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

public class RegistriesThatAskToWait
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    // The seconds between the first and the second request for the manifest.
    private async Task<(double Waited, IReadOnlyList<string> Said)> WaitAsync(params string[] headers)
    {
        var times = new List<DateTimeOffset>();
        await using var registry = await FaultRegistry.StartAsync();
        using var machine = new Machine { Clock = _clock };
        DateTimeOffset? first = null;
        registry.On("PUT", "/manifests/").First(Fault.Answer(429, "{}", headers)).Nth(2, Fault.After(() =>
        {
            times.Add(_clock.GetUtcNow());
            return Task.CompletedTask;
        }));
        registry.On("PUT", "/blobs/uploads/").Always(Fault.After(() =>
        {
            first = _clock.GetUtcNow();
            return Task.CompletedTask;
        }));
        await machine.PushAsync(SampleImages.Create(["one"]), $"{registry.Host}/app:1");
        Assert.Equal(2, registry.Count("PUT", "/manifests/"));
        return ((times[0] - first!.Value).TotalSeconds, machine.Said);
    }

    [Fact]
    public async Task AreWaitedForAsLongAsTheySay()
    {
        var (waited, said) = await WaitAsync("Retry-After", "2");
        Assert.InRange(waited, 2, 4);
        Assert.Single(said, s => s.EndsWith(" asks to wait 2 s.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task MayNameATime() =>
        Assert.InRange((await WaitAsync("Retry-After", Fault.Date(_clock.GetUtcNow() + TimeSpan.FromSeconds(20)))).Waited, 15, 22);

    [Theory]
    [InlineData("Fri, 02 Jan 2015 03:04:05 GMT")]
    [InlineData("0")]
    public async Task MayMeanNow(string after) => Assert.InRange((await WaitAsync("Retry-After", after)).Waited, 0, 1.5);

    [Theory]
    [InlineData("Retry-After", "soon")]
    [InlineData("Retry-After", "-5")]
    [InlineData]
    public async Task WithoutSayingHowLongAreAskedAfterASecond(params string[] headers) => Assert.InRange((await WaitAsync(headers)).Waited, 1, 3);

    [Fact]
    public async Task ForAnHourAreAskedAfterAMinute() => Assert.InRange((await WaitAsync("Retry-After", "3600")).Waited, 60, 63);

    [Fact]
    public async Task ForEverAreGivenUpWithTheirLimitsAndAdvice()
    {
        await using var registry = await FaultRegistry.StartAsync(new RegistryQuirks { Pulls = 0 });
        using var machine = new Machine { Clock = _clock };
        await machine.PushAsync(SampleImages.Create(["one"]), $"{registry.Host}/app:1");
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => machine.PullAsync($"{registry.Host}/app:1"));
        Assert.Equal((4007, 5), (failure.Number, registry.Count("GET", "/manifests/")));
        Assert.Contains(registry.Host, failure.Message, StringComparison.Ordinal);
        Assert.Contains("ratelimit-limit: 0;w=21600, ratelimit-remaining: 0;w=21600", failure.Message, StringComparison.Ordinal);
        Assert.Contains("log in for a higher limit, or use a mirror", failure.Message, StringComparison.Ordinal);
    }
}
