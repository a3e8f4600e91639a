using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Registries;
using Containerize.Storage;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

public class PushingAndPulling
{
    private static RegistryClient Client(BlobStore? cache = null, IReadOnlyDictionary<string, string>? variables = null, Action<string>? report = null, bool offline = false) =>
        new(new RegistryOptions
        {
            Environment = name => variables?.GetValueOrDefault(name),
            Cache = cache,
            Report = report ?? (_ => { }),
            RetryDelay = TimeSpan.FromMilliseconds(10),
            Offline = offline,
        });

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GivesTheSameImageBack(bool docker)
    {
        await using var registry = await DockerRegistry.StartAsync();
        using var client = Client();
        var image = SampleImages.Create(["one", "two"], docker);
        var name = Reference.Parse($"{registry.Host}/team/app:1");
        await client.PushDestination([name, name.WithTag("latest")]).WriteAsync(image, CancellationToken.None);
        foreach (var reference in new[] { name, name.WithTag("latest"), name.WithDigest(image.Digest) })
        {
            var read = (Image)await client.PullSource(reference).ReadAsync(CancellationToken.None);
            Assert.Equal(image.Digest, read.Digest);
            Assert.Equal(await SampleImages.ReadLayersAsync(image), await SampleImages.ReadLayersAsync(read));
        }

        ToolRunner.Require("skopeo");
        using var folder = new TemporaryFolder();
        (await ToolRunner.RunAsync("skopeo", "copy", "--src-tls-verify=false", $"docker://{name}", $"dir:{folder["d"]}")).Succeeded();
    }

    [SkippableTheory]
    [InlineData("v2s2", LayerCompression.Gzip)]
    [InlineData("oci", LayerCompression.Gzip)]
    [InlineData("oci", LayerCompression.Zstd)]
    public async Task ReadsWhatSkopeoPushed(string format, LayerCompression compression)
    {
        ToolRunner.Require("skopeo");
        await using var registry = await DockerRegistry.StartAsync();
        using var folder = new TemporaryFolder();
        var image = SampleImages.Create(["one", "two"], compression: compression);
        await new OciLayout(folder["l"]).WriteAsync(image, CancellationToken.None);
        (await ToolRunner.RunAsync("skopeo", "copy", "--format", format, "--dest-tls-verify=false", $"oci:{folder["l"]}", $"docker://{registry.Host}/x:1")).Succeeded();
        using var client = Client();
        var read = (Image)await client.PullSource(Reference.Parse($"{registry.Host}/x:1")).ReadAsync(CancellationToken.None);
        Assert.Equal(format == "oci" ? MediaTypes.OciManifest : MediaTypes.DockerManifest, read.Descriptor.MediaType);
        Assert.Equal(image.Config.RootFs.DiffIds, read.Config.RootFs.DiffIds);
        Assert.Equal(2, (await SampleImages.ReadLayersAsync(read)).Count(c => c == '\n'));
    }

    [SkippableFact]
    public async Task AnIndexGoesWithItsImages()
    {
        await using var registry = await DockerRegistry.StartAsync();
        using var client = Client();
        var index = SampleImages.CreateIndex("x");
        var name = Reference.Parse($"{registry.Host}/multi:1");
        await client.PushDestination([name]).WriteAsync(index, CancellationToken.None);
        var read = await client.PullSource(name).ReadAsync(CancellationToken.None);
        Assert.Equal(index.Digest, read.Digest);
        var arm = await read.SelectAsync(Platform.LinuxArm64, "it", CancellationToken.None);
        await SampleImages.ReadLayersAsync(arm);
        ToolRunner.Require("skopeo");
        using var folder = new TemporaryFolder();
        (await ToolRunner.RunAsync("skopeo", "copy", "--all", "--src-tls-verify=false", $"docker://{name}", $"oci:{folder["d"]}:x")).Succeeded();
        Assert.Equal(index.Digest, (await new OciLayout(folder["d"]).ReadAsync(CancellationToken.None)).Digest);
    }

    [SkippableFact]
    public async Task TheUnchangedSendsNothing()
    {
        await using var registry = await DockerRegistry.StartAsync();
        var image = SampleImages.Create(["one", "two", "three"]);
        var name = Reference.Parse($"{registry.Host}/app:1");
        using (var first = Client())
        {
            await first.PushDestination([name]).WriteAsync(image, CancellationToken.None);
        }

        registry.ForgetRequests();
        var said = new List<string>();
        using var client = Client(report: said.Add);
        await client.PushDestination([name]).WriteAsync(image, CancellationToken.None);
        Assert.Contains(said, s => s.Contains("nothing was sent", StringComparison.Ordinal));
        Assert.Equal(["HEAD /v2/app/manifests/1 200"], registry.Requests);
    }

    [SkippableFact]
    public async Task OneNewLayerSendsOnlyThat()
    {
        await using var registry = await DockerRegistry.StartAsync();
        using var client = Client();
        var name = Reference.Parse($"{registry.Host}/app:1");
        await client.PushDestination([name]).WriteAsync(SampleImages.Create(["base", "packages", "old"]), CancellationToken.None);
        registry.ForgetRequests();
        await client.PushDestination([name]).WriteAsync(SampleImages.Create(["base", "packages", "new"]), CancellationToken.None);
        var kinds = registry.Requests.Select(r => r.Split(' ')[0]).GroupBy(m => m).ToDictionary(g => g.Key, g => g.Count());
        // HEAD tag, 4 x HEAD blob; POST and PUT of layer and configuration; PUT manifest.
        Assert.Equal((5, 2, 3), (kinds["HEAD"], kinds["POST"], kinds["PUT"]));
        Assert.Equal(10, registry.Requests.Count);
    }

    [SkippableFact]
    public async Task BaseLayersOfTheSameRegistryAreMounted()
    {
        await using var registry = await DockerRegistry.StartAsync();
        using var folder = new TemporaryFolder();
        using var client = Client(new BlobStore(folder["cache"]));
        var parent = Reference.Parse($"{registry.Host}/base:1");
        await client.PushDestination([parent]).WriteAsync(SampleImages.Create(["os", "runtime"]), CancellationToken.None);
        var pulled = (Image)await client.PullSource(parent).ReadAsync(CancellationToken.None);
        registry.ForgetRequests();
        var image = Image.Create(pulled.Config, [.. pulled.Layers, SampleImages.LayerOf("app", "app")]);
        await client.PushDestination([Reference.Parse($"{registry.Host}/app:1")]).WriteAsync(image, CancellationToken.None);
        Assert.Equal(2, registry.Requests.Count(r => r.Contains("mount=", StringComparison.Ordinal) && r.EndsWith(" 201", StringComparison.Ordinal)));
        Assert.DoesNotContain(registry.Requests, r => r.StartsWith("GET /v2/base/blobs", StringComparison.Ordinal));
        Assert.Equal(2, registry.Requests.Count(r => r.StartsWith("PUT /v2/app/blobs", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public async Task BaseLayersOfAnotherRegistryStreamThrough()
    {
        await using var from = await DockerRegistry.StartAsync();
        await using var to = await DockerRegistry.StartAsync();
        using var client = Client();
        var parent = Reference.Parse($"{from.Host}/base:1");
        var image = SampleImages.Create(["os", "runtime"]);
        await client.PushDestination([parent]).WriteAsync(image, CancellationToken.None);
        var name = Reference.Parse($"{to.Host}/copy:1");
        await client.PushDestination([name]).WriteAsync(await client.PullSource(parent).ReadAsync(CancellationToken.None), CancellationToken.None);
        var read = (Image)await client.PullSource(name).ReadAsync(CancellationToken.None);
        Assert.Equal(await SampleImages.ReadLayersAsync(image), await SampleImages.ReadLayersAsync(read));
    }

    [SkippableFact]
    public async Task ASecondPullAsksForTheManifestOnlyAndAPinnedOneForNothing()
    {
        await using var registry = await DockerRegistry.StartAsync();
        using var folder = new TemporaryFolder();
        var cache = new BlobStore(folder["cache"]);
        var name = Reference.Parse($"{registry.Host}/base:1");
        using var client = Client(cache);
        var index = SampleImages.CreateIndex("x");
        await client.PushDestination([name]).WriteAsync(index, CancellationToken.None);

        async Task PullAsync(RegistryClient with, Reference reference) => await SampleImages.ReadLayersAsync(
            await (await with.PullSource(reference).ReadAsync(CancellationToken.None)).SelectAsync(Platform.LinuxAmd64, "it", CancellationToken.None));
        await PullAsync(client, name);
        registry.ForgetRequests();
        await PullAsync(client, name);
        Assert.Equal(["GET /v2/base/manifests/1 200"], registry.Requests);
        registry.ForgetRequests();
        using var offline = Client(cache, offline: true);
        await PullAsync(offline, name.WithDigest(index.Digest));
        Assert.Empty(registry.Requests);
        Assert.Equal(4010, (await Assert.ThrowsAsync<ContainerizeException>(() => PullAsync(offline, name))).Number);
    }

    [SkippableFact]
    public async Task APasswordIsTakenFromTheVariablesOrTheFiles()
    {
        await using var registry = await DockerRegistry.StartAsync(withPassword: true);
        using var folder = new TemporaryFolder();
        var name = Reference.Parse($"{registry.Host}/app:1");
        var image = SampleImages.Create(["one"]);
        using (var anonymous = Client())
        {
            var refused = await Assert.ThrowsAsync<ContainerizeException>(() => anonymous.PushDestination([name]).WriteAsync(image, CancellationToken.None));
            Assert.Equal(4004, refused.Number);
            Assert.Contains("no credentials were found", refused.Message, StringComparison.Ordinal);
        }

        var auth = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{DockerRegistry.User}:{DockerRegistry.Password}"));
        var json = "{\"auths\":{\"" + registry.Host + "\":{\"auth\":\"" + auth + "\"}}}";
        Directory.CreateDirectory(folder["docker"]);
        await File.WriteAllTextAsync(folder["docker/config.json"], json);
        await File.WriteAllTextAsync(folder["auth.json"], json);
        foreach (var variables in new Dictionary<string, string>[]
        {
            new() { ["DOTNET_CONTAINER_REGISTRY_UNAME"] = DockerRegistry.User, ["DOTNET_CONTAINER_REGISTRY_PWORD"] = DockerRegistry.Password },
            new() { ["DOCKER_CONFIG"] = folder["docker"] },
            new() { ["REGISTRY_AUTH_FILE"] = folder["auth.json"] },
            new() { ["DOCKER_AUTH_CONFIG"] = json },
        })
        {
            using var client = Client(variables: variables);
            await client.PushDestination([name]).WriteAsync(image, CancellationToken.None);
            Assert.Equal(image.Digest, (await client.PullSource(name).ReadAsync(CancellationToken.None)).Digest);
        }

        using var wrong = Client(variables: new Dictionary<string, string> { ["DOTNET_CONTAINER_REGISTRY_UNAME"] = "x", ["DOTNET_CONTAINER_REGISTRY_PWORD"] = "canary-7321" });
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => wrong.PullSource(name).ReadAsync(CancellationToken.None));
        Assert.Equal(4004, failure.Number);
        Assert.Contains("DOTNET_CONTAINER_REGISTRY_UNAME", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-7321", failure.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task WhatIsNotThereIsSaid()
    {
        await using var registry = await DockerRegistry.StartAsync();
        using var client = Client();
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => client.PullSource(Reference.Parse($"{registry.Host}/none:1")).ReadAsync(CancellationToken.None));
        Assert.Equal(4005, failure.Number);
        Assert.Contains("MANIFEST_UNKNOWN", failure.Message, StringComparison.Ordinal);
    }
}
