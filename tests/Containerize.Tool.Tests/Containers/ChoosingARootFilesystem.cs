using System.Text.Json;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>Layers as one root filesystem: by the kernel, by fuse-overlayfs and as a copy, and which of them is taken.</summary>
public abstract class ChoosingARootFilesystem(LocalMachine machine)
{
    private const string Look =
        "cat /changed /linked /hidden/*; ls /hidden; test -e /gone || echo none; stat -c '%a %U' /shared /changed; stat -c %a /shared/deep; echo own > /changed; cat /changed; rm /hidden/above; ls /hidden; touch /gone && echo again";

    private const string Seen = "new\nold\nabove\nabove\nnone\n1777 root\n644 root\n700\nown\nagain\n";

    [SkippableTheory]
    [InlineData("overlay")]
    [InlineData("fuse-overlayfs")]
    [InlineData("copy")]
    public async Task TheLayersLieUponEachOtherAndStayAsTheyAre(string kind)
    {
        Require(kind);
        Assert.Equal(Seen, (await RunAsync(kind, "run", "--rm", "--network", "none", LocalMachine.Image, "sh", "-c", Look)).Succeeded());
        Assert.Equal(Seen, (await RunAsync(kind, "run", "--rm", "--network", "none", LocalMachine.Image, "sh", "-c", Look)).Succeeded());
        Assert.Equal("", (await machine.RunAsync("ps", "-aq")).Output);
        Assert.Equal([], Directory.GetDirectories(Path.Combine(machine.Root, "data", "containers")).Where(d => Path.GetFileName(d)[0] == '.'));
    }

    [SkippableTheory]
    [InlineData("overlay")]
    [InlineData("fuse-overlayfs")]
    [InlineData("copy")]
    public async Task WhatIsWrittenOutlivesAStopAndARestart(string kind)
    {
        Require(kind);
        var name = "lasting-" + kind;
        (await RunAsync(kind, "run", "-d", "--name", name, "--network", "none", "--restart", "on-failure:1", LocalMachine.Image, "sh", "-c",
            "echo x >> /starts; test $(wc -l < /starts) = 1 && exit 1; trap 'exit 0' TERM; while :; do sleep 0.1; done")).Succeeded();
        await LocalMachine.UntilAsync(async () => (await machine.RunAsync("inspect", "-f", "{{.RestartCount}} {{.State.Status}}", name)).Output == "1 running\n");
        (await machine.RunAsync("stop", "-t", "20", name)).Succeeded();
        (await machine.RunAsync("start", name)).Succeeded();
        Assert.Equal("x\nx\nx\n", (await machine.RunAsync("exec", name, "cat", "/starts")).Succeeded());
        Assert.Equal($"{kind} {kind}\n", (await machine.RunAsync("inspect", "-f", "{{.Driver}} {{.GraphDriver.Name}}", name)).Succeeded());
        (await machine.RunAsync("rm", "-f", name)).Succeeded();
    }

    [SkippableTheory]
    [InlineData("overlay")]
    [InlineData("fuse-overlayfs")]
    [InlineData("copy")]
    public async Task ItCanBeReadOnlyAndVolumesBeginWithItsFiles(string kind)
    {
        Require(kind);
        var result = await RunAsync(kind, "run", "--rm", "--read-only", "--network", "none", "-v", "/kept", LocalMachine.Image, "sh", "-c",
            "touch /x 2> /dev/null || echo read-only; cat /kept/of-the-image; touch /kept/y && echo written");
        Assert.Equal("read-only\ntext\nwritten\n", result.Succeeded());
    }

    [SkippableTheory]
    [InlineData("overlay")]
    [InlineData("fuse-overlayfs")]
    [InlineData("copy")]
    public async Task AMonitorThatIsKilledLeavesNoMountAndNoProcess(string kind)
    {
        Require(kind);
        var name = "killed-" + kind;
        (await RunAsync(kind, "run", "-d", "--name", name, "--network", "none", LocalMachine.Image, "sleep", "1000")).Succeeded();
        using var inspected = JsonDocument.Parse((await machine.RunAsync("inspect", name)).Succeeded());
        var state = inspected.RootElement[0].GetProperty("State");
        var id = inspected.RootElement[0].GetProperty("Id").GetString()!;
        await ToolRunner.RunAsync("kill", "-9", $"{state.GetProperty("MonitorPid").GetInt32()}");
        await LocalMachine.UntilAsync(() => Task.FromResult(WhoKnows(id).Count == 0));
        Assert.Equal([], WhoKnows(id));
        (await machine.RunAsync("rm", "-f", name)).Succeeded();
    }

    [SkippableFact]
    public async Task AKindThatThereIsNotIsRefused()
    {
        LocalMachine.Require();
        var result = await RunAsync("vfs", "run", "--rm", LocalMachine.Image, "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Contains("error CTZ5020: reading the variable CONTAINERIZE_ROOTFS, which is 'vfs'", result.Errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task WhatWorksIsFoundOutOnceForEachStartOfTheMachine()
    {
        LocalMachine.Require();
        var file = Path.Combine(machine.Root, "data", "rootfs-kind");
        File.Delete(file);
        var first = await machine.RunAsync("run", "--rm", "--network", "none", LocalMachine.Image, "true");
        Assert.Equal(0, first.ExitCode);
        var lines = await File.ReadAllLinesAsync(file);
        Assert.StartsWith((await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id")).Trim(), lines[1], StringComparison.Ordinal);
        // What was found before is believed; what is not the best is said when it is found.
        await File.WriteAllTextAsync(file, $"copy\n{lines[1]}\na reason");
        var second = await machine.RunAsync("create", "--name", "believing", LocalMachine.Image);
        Assert.Equal("", second.Errors);
        Assert.Equal("copy\n", (await machine.RunAsync("inspect", "-f", "{{.GraphDriver.Name}}", "believing")).Succeeded());
        (await machine.RunAsync("rm", "believing")).Succeeded();
        File.Delete(file);
    }

    /// <summary>Root's.</summary>
    public sealed class OfRoot(LocalMachine machine) : ChoosingARootFilesystem(machine), IClassFixture<LocalMachine>;

    /// <summary>Those of a plain user with ids of other users.</summary>
    public sealed class OfAPlainUser(PlainMachine machine) : ChoosingARootFilesystem(machine), IClassFixture<PlainMachine>;

    /// <summary>Those of one without.</summary>
    public sealed class OfAUserWithOneId(BareMachine machine) : ChoosingARootFilesystem(machine), IClassFixture<BareMachine>;

    private static void Require(string kind)
    {
        LocalMachine.Require();
        if (kind == "fuse-overlayfs")
        {
            ToolRunner.Require(kind);
            Skip.IfNot(File.Exists("/dev/fuse"), "there is no /dev/fuse");
        }
    }

    // Processes that have the container's directory in their command line or their mounts.
    private static List<string> WhoKnows(string id)
    {
        var found = new List<string>();
        foreach (var process in Directory.GetDirectories("/proc").Where(d => Path.GetFileName(d).All(char.IsAsciiDigit)))
        {
            try
            {
                if (File.ReadAllText(process + "/cmdline").Contains(id, StringComparison.Ordinal) || File.ReadAllText(process + "/mountinfo").Contains(id, StringComparison.Ordinal))
                {
                    found.Add(process);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended.
            }
        }

        return found;
    }

    private Task<ToolRunner.Result> RunAsync(string kind, params string[] words) =>
        machine.RunWithAsync(new Dictionary<string, string> { ["CONTAINERIZE_ROOTFS"] = kind }, words);
}
