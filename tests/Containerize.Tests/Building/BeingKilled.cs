using System.Diagnostics;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Building;

/// <summary>kill -9 at any point of a build or a push: the next one is as if nothing had been. CONTAINERIZE_SLOW_TESTS=1 kills at 40 points.</summary>
public sealed class BeingKilled : IDisposable
{
    private const int Bytes = 4_000_000;
    private static readonly int Points = Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") == "1" ? 20 : 2;
    private readonly Builder _builder = new();

    [Fact]
    public async Task WhileItBuildsSpoilsNothing()
    {
        var project = _builder.Published("app", Bytes);
        var alone = _builder.Build("alone", project);
        using var watch = new BlobWatch(_builder["roots"]);
        await KillsAndBuildsAgain(alone, [project], point => $"roots/{point}");
        Assert.Empty(watch.Damaged());
        Assert.NotEqual(0, watch.Read);
    }

    [SkippableFact]
    public async Task WhileItPushesSpoilsNothing()
    {
        await using var registry = await DockerRegistry.StartAsync();
        var project = _builder.Published("app", Bytes);
        // What is built is in the cache, so nearly all of the process' time is the push; the registry has another repository each time.
        var alone = _builder.Build("root", project);
        using var stop = new CancellationTokenSource();
        var seen = Task.Run(() => WatchTheTag(registry.Host, stop.Token));
        await KillsAndBuildsAgain(alone, [project, $"ContainerRegistry={registry.Host}"], _ => "root");
        await stop.CancelAsync();
        Assert.Equal([alone], await seen);
    }

    public void Dispose() => _builder.Dispose();

    private async Task KillsAndBuildsAgain(string alone, string[] arguments, Func<int, string> root)
    {
        Assert.StartsWith("sha256:", alone, StringComparison.Ordinal);
        var began = Stopwatch.StartNew();
        Assert.Equal(alone, _builder.Build(root(0), [.. arguments, "ContainerRepository=watched/0"]));
        var whole = began.Elapsed;
        var random = new Random(20260101);
        var (killed, digests) = (0, new List<string>());
        for (var point = 1; point <= Points; point++)
        {
            string[] again = [.. arguments, $"ContainerRepository=watched/{point}"];
            using (var running = _builder.Start(root(point), again))
            {
                // One point in each of the equal parts of the time that a whole build takes.
                await Task.Delay(whole * ((point - 1 + random.NextDouble()) / Points));
                killed += running.Kill() ? 1 : 0;
            }

            digests.Add(_builder.Build(root(point), again));
        }

        Assert.Equal(Enumerable.Repeat(alone, Points), digests);
        Assert.True(killed > 0, "no build was killed before its end");
    }

    // What others see of a tag at any time: no image, or all of it.
    private static SortedSet<string> WatchTheTag(string host, CancellationToken stop)
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        var whole = new HashSet<int>();
        using var client = new HttpClient { BaseAddress = new Uri($"http://{host}/v2/") };
        do
        {
            for (var point = 0; point <= Points; point++)
            {
                if (!whole.Contains(point) && Get($"watched/{point}/manifests/latest") is { } manifest)
                {
                    whole.Add(point);
                    seen.Add(Digest(manifest));
                    var json = System.Text.Json.JsonDocument.Parse(manifest).RootElement;
                    foreach (var blob in json.GetProperty("layers").EnumerateArray().Append(json.GetProperty("config")))
                    {
                        var digest = blob.GetProperty("digest").GetString()!;
                        var bytes = Get($"watched/{point}/blobs/{digest}");
                        if (bytes is null || Digest(bytes) != digest)
                        {
                            seen.Add($"{point} lacks {digest}");
                        }
                    }
                }
            }

            Thread.Sleep(2);
        }
        while (!stop.IsCancellationRequested);
        return seen;

        byte[]? Get(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Accept.ParseAdd("application/vnd.oci.image.manifest.v1+json");
            using var response = client.Send(request, CancellationToken.None);
            return response.IsSuccessStatusCode ? response.Content.ReadAsByteArrayAsync(CancellationToken.None).GetAwaiter().GetResult() : null;
        }
    }

    private static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
}
