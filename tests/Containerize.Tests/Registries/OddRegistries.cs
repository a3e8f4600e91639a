using System.Net;
using System.Text;
using Containerize.Images;
using Containerize.Oci;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

public class OddRegistries
{
    private static readonly Image Sample = SampleImages.Create(["one"]);

    private static async Task<Artifact> PullAsync(ScriptedServer server, string suffix = ":1", IReadOnlyDictionary<string, string>? variables = null)
    {
        using var client = new RegistryClient(new RegistryOptions
        {
            Environment = name => variables?.GetValueOrDefault(name),
            RetryDelay = TimeSpan.FromMilliseconds(5),
            StallLimit = TimeSpan.FromSeconds(20),
        });
        return await client.PullSource(Reference.Parse($"{server.Host}/app{suffix}")).ReadAsync(CancellationToken.None);
    }

    private static async Task<ContainerizeException> RefusedAsync(ScriptedServer server, string suffix = ":1") =>
        await Assert.ThrowsAsync<ContainerizeException>(() => PullAsync(server, suffix));

    private static void Send(HttpListenerResponse response, ReadOnlySpan<byte> body, string? type, int status = 200)
    {
        response.StatusCode = status;
        response.ContentType = type;
        response.ContentLength64 = body.Length;
        response.OutputStream.Write(body);
    }

    // Serves the sample; what is odd has been answered before.
    private static void Serve(HttpListenerRequest request, HttpListenerResponse response)
    {
        if (request.RawUrl!.Contains("/manifests/", StringComparison.Ordinal))
        {
            Send(response, Sample.Bytes.Span, Sample.Descriptor.MediaType);
        }
        else
        {
            Send(response, Sample.ConfigBytes.Span, "application/octet-stream");
        }
    }

    [Fact]
    public async Task ThatSendAnotherManifestForADigestAreRefused()
    {
        using var server = new ScriptedServer((_, response) =>
        {
            response.AddHeader("Docker-Content-Digest", Digest.Of("x"u8).ToString());
            Send(response, Sample.Bytes.Span, MediaTypes.OciManifest);
        });
        Assert.Equal(3003, (await RefusedAsync(server, "@" + Digest.Of("x"u8))).Number);
    }

    [Fact]
    public async Task ThatLieAboutTheDigestOfATagAreNotBelieved()
    {
        using var server = new ScriptedServer((request, response) =>
        {
            response.AddHeader("Docker-Content-Digest", Digest.Of("x"u8).ToString());
            Serve(request, response);
        });
        Assert.Equal(Sample.Digest, (await PullAsync(server)).Digest);
    }

    [Theory]
    [InlineData(MediaTypes.OciIndex, 3002)]
    [InlineData(MediaTypes.DockerManifest, 3006)]
    [InlineData("text/html", 3006)]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws", 3006)]
    public async Task ThatCallAManifestSomethingElseAreRefused(string type, int number)
    {
        using var server = new ScriptedServer((_, response) => Send(response, Sample.Bytes.Span, type));
        Assert.Equal(number, (await RefusedAsync(server)).Number);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData(MediaTypes.OciManifest + "; charset=utf-8")]
    public async Task ThatDoNotSayWhatAManifestIsAreRead(string? type)
    {
        using var server = new ScriptedServer((request, response) =>
        {
            if (request.RawUrl!.Contains("/manifests/", StringComparison.Ordinal))
            {
                Send(response, Sample.Bytes.Span, type);
            }
            else
            {
                Serve(request, response);
            }
        });
        Assert.Equal(Sample.Digest, (await PullAsync(server)).Digest);
    }

    [Fact]
    public async Task ThatSendTooLargeManifestsAreCutOff()
    {
        using var server = new ScriptedServer((_, response) =>
        {
            try
            {
                Send(response, new byte[6 * 1024 * 1024], MediaTypes.OciManifest);
            }
            catch (HttpListenerException)
            {
                // The client has gone, as it should.
            }
        });
        Assert.Equal(4008, (await RefusedAsync(server)).Number);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task ThatFailOnceAreAskedAgain(int status)
    {
        var requests = 0;
        using var server = new ScriptedServer((request, response) =>
        {
            if (Interlocked.Increment(ref requests) == 1)
            {
                response.AddHeader("Retry-After", "0");
                Send(response, "busy"u8, "text/plain", status);
            }
            else
            {
                Serve(request, response);
            }
        });
        Assert.Equal(Sample.Digest, (await PullAsync(server)).Digest);
        Assert.Equal(3, requests);
    }

    [Fact]
    public async Task ThatFailForEverAreGivenUpWithTheirWords()
    {
        var requests = 0;
        using var server = new ScriptedServer((_, response) =>
        {
            Interlocked.Increment(ref requests);
            Send(response, Encoding.UTF8.GetBytes("{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow down\\u001b[31m\"}]}"), "application/json", 429);
        });
        var failure = await RefusedAsync(server);
        Assert.Equal((4007, 5), (failure.Number, requests));
        Assert.Contains("TOOMANYREQUESTS: slow down", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', failure.Message);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://user:pw@127.0.0.1/x")]
    public async Task ThatPointToUnsafeAddressesAreNotFollowed(string location)
    {
        using var server = new ScriptedServer((_, response) =>
        {
            response.StatusCode = 307;
            response.AddHeader("Location", location);
        });
        Assert.Equal(4008, (await RefusedAsync(server)).Number);
    }

    [Fact]
    public async Task ThatPointInACircleAreNotFollowedForEver()
    {
        var requests = 0;
        using var server = new ScriptedServer((request, response) =>
        {
            Interlocked.Increment(ref requests);
            response.StatusCode = 302;
            response.AddHeader("Location", request.RawUrl!);
        });
        Assert.Equal(4008, (await RefusedAsync(server)).Number);
        Assert.Equal(11, requests);
    }

    [Fact]
    public async Task ThatSendElsewhereDoNotGetThePasswordSentThere()
    {
        string? leaked = "nothing asked";
        using var other = new ScriptedServer((request, response) =>
        {
            leaked = request.Headers["Authorization"];
            Send(response, Sample.ConfigBytes.Span, "application/octet-stream");
        });
        using var server = new ScriptedServer((request, response) =>
        {
            if (request.Headers["Authorization"] is null)
            {
                response.AddHeader("WWW-Authenticate", "basic realm=\"a, b\"");
                response.StatusCode = 401;
            }
            else if (request.RawUrl!.Contains("/blobs/", StringComparison.Ordinal))
            {
                response.StatusCode = 307;
                response.AddHeader("Location", $"http://{other.Host}/blob");
            }
            else
            {
                Serve(request, response);
            }
        });
        var variables = new Dictionary<string, string> { ["DOTNET_CONTAINER_PULL_REGISTRY_UNAME"] = "u", ["DOTNET_CONTAINER_PULL_REGISTRY_PWORD"] = "p" };
        Assert.Equal(Sample.Digest, (await PullAsync(server, variables: variables)).Digest);
        Assert.Null(leaked);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("access_token")]
    public async Task WithTokensGetTheOnesTheyAskFor(string property)
    {
        string? asked = null;
        ScriptedServer? self = null;
        using var server = self = new ScriptedServer((request, response) =>
        {
            if (request.RawUrl!.StartsWith("/token", StringComparison.Ordinal))
            {
                asked = request.RawUrl;
                Send(response, Encoding.UTF8.GetBytes("{\"" + property + "\":\"tok\"}"), "application/json");
            }
            else if (request.Headers["Authorization"] != "Bearer tok")
            {
                response.AddHeader("WWW-Authenticate", $"BEARER Realm=\"http://{self!.Host}/token\",service=\"a b\",scope=\"repository:app:pull\"");
                response.StatusCode = 401;
            }
            else
            {
                Serve(request, response);
            }
        });
        Assert.Equal(Sample.Digest, (await PullAsync(server)).Digest);
        Assert.Equal("/token?service=a%20b&scope=repository%3Aapp%3Apull", asked);
    }

    [Fact]
    public async Task ThatCutABlobAreAskedForTheRest()
    {
        var layer = Sample.Layers[0];
        await using var content = await layer.Source.OpenAsync(layer.Descriptor, 0, CancellationToken.None);
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy);
        var bytes = copy.ToArray();
        var ranges = new List<string?>();
        using var server = new ScriptedServer((request, response) =>
        {
            if (!request.RawUrl!.Contains(layer.Descriptor.Digest.ToString(), StringComparison.Ordinal))
            {
                Serve(request, response);
                return;
            }

            ranges.Add(request.Headers["Range"]);
            if (ranges.Count == 1)
            {
                // Fewer bytes than the image needs: what a proxy does that gives up.
                Send(response, bytes.AsSpan(0, 40), "application/octet-stream");
            }
            else
            {
                response.AddHeader("Content-Range", $"bytes 40-{bytes.Length - 1}/{bytes.Length}");
                Send(response, bytes.AsSpan(40), "application/octet-stream", 206);
            }
        });
        using var client = new RegistryClient(new RegistryOptions { Environment = _ => null, RetryDelay = TimeSpan.FromMilliseconds(5) });
        var image = (Image)await client.PullSource(Reference.Parse($"{server.Host}/app:1")).ReadAsync(CancellationToken.None);
        await SampleImages.ReadLayersAsync(image);
        Assert.Equal([null, "bytes=40-"], ranges);
    }
}
