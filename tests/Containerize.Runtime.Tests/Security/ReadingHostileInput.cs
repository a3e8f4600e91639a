using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Security;

/// <summary>Configurations and images that are made to break their reader: it says so, soon, and leaves nothing.</summary>
public class ReadingHostileInput
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [SkippableTheory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"ociVersion\":\"1.0.2\"")]
    [InlineData("{\"ociVersion\":\"1.0.2\",\"process\":[]}")]
    [InlineData("deep")]
    [InlineData("huge")]
    [InlineData("directory")]
    [InlineData("fifo")]
    public async Task AFileThatIsNoConfigurationIsRefused(string text)
    {
        using var bundle = await RootBundle.CreateAsync();
        switch (text)
        {
            case "directory":
                File.Delete(bundle["config.json"]);
                bundle.Folder("config.json");
                break;
            case "fifo":
                File.Delete(bundle["config.json"]);
                (await ToolRunner.RunAsync("mkfifo", bundle["config.json"])).Succeeded();
                break;
            default:
                bundle.Write("config.json", text switch
                {
                    "deep" => "{\"annotations\":" + string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + new string('}', 100_001),
                    "huge" => "{\"annotations\":{\"a\":\"" + new string('x', 17 * 1024 * 1024) + "\"}}",
                    _ => text,
                });
                break;
        }

        AssertRefused(await RunAsync(bundle), bundle);
    }

    [SkippableTheory]
    [InlineData("\"cwd\":\"/\"", "\"cwd\":\"/\\u0000etc\"")]
    [InlineData("\"TERM=xterm\"", "\"TERM=xterm\\u0000\"")]
    [InlineData("\"sh\"", "\"/bin/sh\",\"-c\",\"echo started\\u0000\"")]
    [InlineData("\"sh\"", "\"/bin/sh\\u0000x\",\"-c\",\"echo started\"")]
    [InlineData("\"hostname\":\"runc\"", "\"hostname\":\"a\\u0000b\"")]
    [InlineData("\"path\":\"rootfs\"", "\"path\":\"rootfs\\u0000\"")]
    [InlineData("\"destination\":\"/dev/shm\"", "\"destination\":\"/dev\\u0000/shm\"")]
    [InlineData("\"uid\":0", "\"uid\":-1")]
    [InlineData("\"uid\":0", "\"uid\":4294967296")]
    [InlineData("\"uid\":0", "\"uid\":1e99")]
    [InlineData("\"uid\":0", "\"uid\":\"0\"")]
    [InlineData("\"hostname\":\"runc\"", "\"hostname\":\"\\ud800\"")]
    [InlineData("\"hostname\":\"runc\"", "\"hostname\":\"INVALID\"")]
    [InlineData("\"sh\"", "\"INVALID\"")]
    [InlineData("\"soft\":1024", "\"soft\":18446744073709551616")]
    public async Task AValueThatCannotBeIsRefused(string place, string value)
    {
        using var bundle = await RootBundle.CreateAsync();
        var text = bundle.Spec.ToJsonString();
        Assert.Contains(place, text);
        var parts = text.Replace(place, value).Split("INVALID");
        await using (var file = File.Create(bundle["config.json"]))
        {
            for (var i = 0; i < parts.Length; i++)
            {
                await file.WriteAsync(i == 0 ? [] : new byte[] { 0xC3, 0x28, 0xFF });
                await file.WriteAsync(Encoding.UTF8.GetBytes(parts[i]));
            }
        }

        AssertRefused(await RunAsync(bundle), bundle);
    }

    // The home directory is looked up in a file of the image's.
    [SkippableTheory]
    [InlineData("mkfifo $1")]
    [InlineData("mknod $1 c 1 5")]
    [InlineData("mknod $1 c 5 0")]
    [InlineData("mkdir $1")]
    [InlineData("ln -s /proc/self/fd/0 $1")]
    [InlineData("ln -s /proc/self/fd/3 $1")]
    [InlineData("ln -s passwd $1")]
    [InlineData("truncate -s 5000000 $1")]
    [InlineData("printf '\\377:x:0:0::\\377\\n:::\\nx:x:0:0::/a\\0b:\\n' > $1")]
    [InlineData("true $1")]
    public async Task AnImagesUserFileDoesNoHarm(string make)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Folder("rootfs/etc");
        (await ToolRunner.RunAsync("sh", "-c", make, "sh", bundle["rootfs/etc/passwd"])).Succeeded();
        var watch = Stopwatch.StartNew();
        Assert.Equal("/\n", (await bundle.RunAsync("echo $HOME")).Succeeded());
        Assert.True(watch.Elapsed < Soon, $"{watch.Elapsed}");
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("/a")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("ü")]
    [InlineData("2000")]
    public async Task AnIdIsNoPath(string id)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["process"]!["args"] = new JsonArray("/bin/busybox", "echo", "started");
        await File.WriteAllTextAsync(bundle["config.json"], bundle.Spec.ToJsonString());
        id = id == "2000" ? new string('a', 2000) : id;
        var runtime = await PublishedRuntime.PathAsync;
        foreach (var words in (string[][])[["run", "--bundle", bundle[""], id], ["state", id], ["kill", id, "9"], ["exec", id, "true"], ["delete", "--force", id]])
        {
            var result = await ToolRunner.RunAsync(runtime, ["--root", bundle["state/inner"], .. words]);
            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains("invalid container ID format", result.Errors);
        }

        Assert.False(Directory.Exists(bundle["state"]) && Directory.EnumerateFileSystemEntries(bundle["state"], "*", SearchOption.AllDirectories).Any(path => !path.EndsWith("inner", StringComparison.Ordinal)));
    }

    private static async Task<ToolRunner.Result> RunAsync(RootBundle bundle)
    {
        var watch = Stopwatch.StartNew();
        var result = await ToolRunner.RunAsync(await PublishedRuntime.PathAsync, "--root", bundle["state"], "run", "--bundle", bundle[""], MountInfoText.ContainerPrefix + Guid.NewGuid().ToString("N"));
        Assert.True(watch.Elapsed < Soon, $"{watch.Elapsed}");
        return result;
    }

    private static void AssertRefused(ToolRunner.Result result, RootBundle bundle)
    {
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains("containerize-runtime run failed: ", result.Errors);
        Assert.DoesNotContain("   at ", result.Errors);
        Assert.False(Directory.Exists(bundle["state"]) && Directory.EnumerateFileSystemEntries(bundle["state"]).Any(), "state was left");
    }
}
