using System.Text.Json.Nodes;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.RootFileSystem;

public class ChangingOwnersOfAMount
{
    [SkippableTheory]
    [InlineData("idmap")]
    [InlineData("ridmap")]
    [InlineData(null)]
    public async Task ShowsTheMappedOwnersAndWritesTheOthers(string? word)
    {
        using var bundle = await RootBundle.CreateAsync();
        await using var filesystem = await TemporaryMount.CreateAsync(bundle.Folder("data"));
        bundle.Write("data/file", "text");
        (await ToolRunner.RunAsync("chown", "1000:1001", bundle["data/file"])).Succeeded();
        (await ToolRunner.RunAsync("chown", "1000:1001", bundle["data"])).Succeeded();
        bundle.Mount("/data", "bind", "data", word is null ? ["bind"] : ["bind", word]);
        var mount = bundle.Spec["mounts"]!.AsArray()[^1]!;
        mount["uidMappings"] = JsonNode.Parse("""[{"containerID":1000,"hostID":2000,"size":1},{"containerID":0,"hostID":0,"size":1}]""");
        mount["gidMappings"] = JsonNode.Parse("""[{"containerID":1001,"hostID":3001,"size":1},{"containerID":0,"hostID":0,"size":1}]""");
        bundle.Spec["process"]!["user"] = JsonNode.Parse("""{"uid":2000,"gid":3001}""");
        bundle.Spec["process"]!.AsObject().Remove("rlimits");
        Assert.Equal("2000:3001\n", (await bundle.RunAsync("stat -c %u:%g /data/file; touch /data/new")).Succeeded());
        Assert.Equal("1000:1001\n", (await ToolRunner.RunAsync("stat", "-c", "%u:%g", bundle["data/new"])).Succeeded());
    }

    [SkippableFact]
    public async Task IsForBindMountsOnly()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Mount("/data", "tmpfs", "tmpfs", "idmap");
        Assert.Contains("only bind mounts can be idmapped", (await bundle.RunAsync("echo started")).Errors);
    }

    /// <summary>A tmpfs, as not every filesystem of a test's folder allows mapped owners.</summary>
    private sealed class TemporaryMount(string path) : IAsyncDisposable
    {
        public static async Task<TemporaryMount> CreateAsync(string path)
        {
            (await ToolRunner.RunAsync("mount", "-t", "tmpfs", "tmpfs", path)).Succeeded();
            return new TemporaryMount(path);
        }

        public async ValueTask DisposeAsync() => await ToolRunner.RunAsync("umount", path);
    }
}
