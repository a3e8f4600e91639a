using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

public class RegistriesThatFail
{
    public static TheoryData<int, string, string> Transient
    {
        get
        {
            var all = new TheoryData<int, string, string>();
            foreach (var status in new[] { 500, 502, 503, 504, 408, 499, 522, 429 })
            {
                foreach (var (method, path) in new[] { ("HEAD", "/manifests/"), ("HEAD", "/blobs/"), ("POST", "/uploads/"), ("PUT", "/uploads/"), ("PUT", "/manifests/"), ("GET", "/manifests/"), ("GET", "/blobs/"), ("GET", "/token") })
                {
                    all.Add(status, method, path);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Transient))]
    public async Task OnceAreAskedOnceMore(int status, string method, string path)
    {
        var image = SampleImages.Create(["one"]);
        var realm = new TokenRealm(null, TimeProvider.System, TimeSpan.FromMinutes(5));
        var counts = new List<int>();
        foreach (var fails in new[] { false, true })
        {
            await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = realm.AuthorizeAsync });
            if (fails)
            {
                registry.On(method, path).First(Fault.Answer(status));
            }

            using var machine = new Machine();
            await machine.PushAsync(image, $"{registry.Host}/app:1");
            using var other = new Machine();
            Assert.Equal(await SampleImages.ReadLayersAsync(image), await other.PullAsync($"{registry.Host}/app:1"));
            // Which of two requests at once is the one that has to ask for a token, nobody knows.
            counts.Add(registry.Requests.Count(r => r.Status != 401 && (path == "/token" || !r.Target.StartsWith("/token", StringComparison.Ordinal))));
        }

        Assert.Equal(counts[0] + 1, counts[1]);
    }

    [Theory]
    [InlineData(501)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(413)]
    public async Task ForGoodAreNotAskedAgainAndTheirWordsAreShown(int status)
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("PUT", "/manifests/").Always(Fault.Error(status, "MANIFEST_INVALID", "it has a bad smell"));
        using var machine = new Machine();
        var failure = await machine.FailAsync(SampleImages.Create(["one"]), $"{registry.Host}/app:1");
        Assert.Equal(1, registry.Count("PUT", "/manifests/"));
        Assert.Contains($"the registry answered {status} ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("MANIFEST_INVALID: it has a bad smell", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InHtmlAreCutShort()
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("PUT", "/manifests/").Always(Fault.Answer(400, "<html>" + new string('x', 100_000)));
        using var machine = new Machine();
        var failure = await machine.FailAsync(SampleImages.Create(["one"]), $"{registry.Host}/app:1");
        Assert.InRange(failure.Message.Length, 1024, 1500);
        Assert.Contains("<html>xxx", failure.Message, StringComparison.Ordinal);
    }

    // N22: each request fails with one in ten, in ways of its own. The dice are thrown for the request and not for the moment, so each seed is one course.
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task OfTenGetAllInTheEnd(int seed)
    {
        await using var registry = await FaultRegistry.StartAsync();
        var thrown = new Dictionary<string, int>();
        registry.Chance = request =>
        {
            // Uploads have names by their order; what is sent to them is told apart by the digest.
            var key = request.Method + request.Target[(request.Target.IndexOf("digest=", StringComparison.Ordinal) + 1)..];
            int nth;
            lock (thrown)
            {
                nth = thrown[key] = thrown.GetValueOrDefault(key) + 1;
            }

            var dice = new Random(HashOf($"{seed} {key} {nth}"));
            return dice.Next(10) > 0 ? null : dice.Next(5) switch
            {
                0 => Fault.Answer(503),
                1 => Fault.Answer(429, "", "Retry-After", "0"),
                2 => Fault.Cut(),
                3 => Fault.LoseAnswer(),
                _ => Fault.Answer(500),
            };
        };
        var image = SampleImages.ImageOf([.. Enumerable.Range(0, 100).Select(i => SampleImages.LayerOf(i, 2000))]);
        using var machine = new Machine();
        await machine.PushAsync(image, $"{registry.Host}/app:1").WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(image.Digest, registry.Content.Repository("app").Manifest("1")!.Digest);
        Assert.Equal(101, registry.Content.Repository("app").BlobCount);
        Assert.InRange(registry.MostConnections, 1, 16 + 4);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 50)];

    private static int HashOf(string text) => text.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
}
