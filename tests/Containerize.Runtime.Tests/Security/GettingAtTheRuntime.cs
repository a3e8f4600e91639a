using System.Text.Json.Nodes;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Security;

/// <summary>A container's process that waits for the runtime's own, which are in its namespaces for a moment at every `exec` (CVE-2019-5736, CVE-2016-9962).</summary>
public class GettingAtTheRuntime
{
    private const int Rounds = 25;
    private const int PlainUser = 23451;

    [SkippableFact]
    public async Task AsRootSeesNothing()
    {
        using var bundle = await RootBundle.CreateAsync();
        var output = await AttackAsync(bundle, null);
        // Not even which program it is.
        Assert.Contains("stages 0\n", output);
        Assert.DoesNotContain("READ", output);
    }

    [SkippableFact]
    public async Task WithAllCapabilitiesGetsNoFileOfTheHost()
    {
        using var bundle = await RootBundle.CreateAsync();
        AllowAll(bundle);
        var output = await AttackAsync(bundle, null);
        Assert.DoesNotContain("stages 0\n", output);
    }

    [SkippableFact]
    public async Task AsRootOfAUserNamespaceGetsNoFileOfTheHost()
    {
        using var bundle = await RootBundle.CreateAsync();
        AllowAll(bundle);
        MapTo(bundle, 1_000_000, 65536);
        (await ToolRunner.RunAsync("chown", "-R", "1000000:1000000", bundle["rootfs"])).Succeeded();
        await AttackAsync(bundle, null);
    }

    // The container's root is who owns the executable.
    [SkippableFact]
    public async Task OfAPlainUsersContainerGetsNoFileOfTheHost()
    {
        ToolRunner.Require("setpriv");
        using var bundle = await RootBundle.CreateAsync();
        AllowAll(bundle);
        MapTo(bundle, PlainUser, 1);
        File.Copy(await PublishedRuntime.PathAsync, bundle["containerize-runtime"]);
        bundle.Folder("state");
        (await ToolRunner.RunAsync("chown", "-R", $"{PlainUser}:{PlainUser}", bundle[""])).Succeeded();
        string[] runtime = ["setpriv", $"--reuid={PlainUser}", $"--regid={PlainUser}", "--clear-groups", bundle["containerize-runtime"], "--root", bundle["state"]];
        await AttackAsync(bundle, runtime);
    }

    [SkippableTheory]
    [InlineData("#!/proc/self/exe\n")]
    [InlineData("#!/proc/self/exe --version\n")]
    [InlineData(null)]
    public async Task AsAnInterpreterOfItselfDoesNoHarm(string? script)
    {
        using var bundle = await RootBundle.CreateAsync();
        var runtime = await PublishedRuntime.PathAsync;
        var before = Describe(runtime);
        var program = "/proc/self/exe";
        if (script is not null)
        {
            bundle.Write("rootfs/bin/script", script);
            File.SetUnixFileMode(bundle["rootfs/bin/script"], (UnixFileMode)0b111_101_101);
            program = "/bin/script";
        }

        await using var container = await RunningContainer.StartAsync(bundle, RunningContainer.Idle);
        await container.ExecAsync([], program, "init", "0");
        Assert.Equal("fine\n", (await container.ExecAsync([], "/bin/busybox", "echo", "fine")).Succeeded());
        Assert.Equal(before, Describe(runtime));
    }

    private static async Task<string> AttackAsync(RootBundle bundle, string[]? runtime)
    {
        await Attacker.CompileAsync(bundle["rootfs/bin/attacker"]);
        bundle.Spec["root"]!["readonly"] = false;
        var marker = bundle.Write("marker", "the host's");
        var executable = runtime is null ? await PublishedRuntime.PathAsync : bundle["containerize-runtime"];
        var before = Describe(executable);
        await using var container = await RunningContainer.StartAsync(bundle, ["/bin/attacker", marker, "/tmp/stop"], runtime);
        await container.AwaitAsync("watching");
        for (var i = 0; i < Rounds; i++)
        {
            (await container.ExecAsync([], "/bin/busybox", "true")).Succeeded();
        }

        // It is the container's first process, with which this one may be killed.
        await container.ExecAsync([], "/bin/busybox", "mkdir", "-p", "/tmp/stop");
        await container.AwaitAsync("stages ");
        Assert.DoesNotContain("BREACH", container.Output);
        Assert.DoesNotContain("others 0\n", container.Output);
        Assert.Equal(before, Describe(executable));
        return container.Output;
    }

    private static string Describe(string file) => $"{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))} {File.GetLastWriteTimeUtc(file):O}";

    private static void AllowAll(RootBundle bundle)
    {
        var bounding = FileSystem.ReadText(Descriptor.WorkingDirectory, "/proc/self/status").Split('\n').Single(line => line.StartsWith("CapBnd:", StringComparison.Ordinal));
        var bits = Convert.ToUInt64(bounding[7..].Trim(), 16);
        bundle.Allow([.. Steps.Capabilities.Names.Where((_, index) => (bits & (1ul << index)) != 0).Select(name => "CAP_" + name)]);
    }

    private static void MapTo(RootBundle bundle, int host, int size)
    {
        var map = $$"""[{"containerID":0,"hostID":{{host}},"size":{{size}}}]""";
        bundle.Spec["linux"]!["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        bundle.Spec["linux"]!["uidMappings"] = JsonNode.Parse(map);
        bundle.Spec["linux"]!["gidMappings"] = JsonNode.Parse(map);
        bundle.Unmount("/dev/pts");
        bundle.Mount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620");
    }
}
