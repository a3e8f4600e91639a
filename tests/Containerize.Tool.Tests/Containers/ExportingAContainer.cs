using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary><c>export</c>: the whole root filesystem as a tar.</summary>
public sealed class ExportingAContainer(LocalMachine machine) : IClassFixture<LocalMachine>
{
    private const string Changes = "echo new > /tmp/new; /bin/busybox ln /tmp/new /tmp/second; /bin/busybox rm -r /root; echo in the volume > /kept/file";

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ItIsWhatTheContainerHasWithoutVolumes(bool running)
    {
        LocalMachine.Require();
        using var folder = new TemporaryFolder();
        var name = running ? "export-up" : "export-down";
        await machine.RunAsync("run", "-d", "--name", name, "--network", "none", LocalMachine.Image, "sh", "-c", Changes + (running ? "; while :; do sleep 1; done" : ""));
        await LocalMachine.UntilAsync(async () => (await machine.RunAsync("diff", name)).Output.Contains("D /root", StringComparison.Ordinal));
        (await machine.RunAsync("export", "-o", folder["file.tar"], name)).Succeeded();
        await machine.RunToFileAsync(folder["stream.tar"], "export", name);
        Assert.Equal(File.ReadAllBytes(folder["file.tar"]), File.ReadAllBytes(folder["stream.tar"]));
        var listing = (await ToolRunner.RunAsync("tar", "-tf", folder["file.tar"])).Succeeded().Split('\n');
        Assert.Equal(
            [
                "bin/", "changed", "dev/", "etc/", "etc/group", "etc/hostname", "etc/hosts", "etc/passwd", "etc/resolv.conf", "hidden/", "hidden/above", "kept/", "kept/of-the-image", "linked",
                "proc/", "shared/", "shared/deep/", "shared/deep/file", "sys/", "tmp/", "tmp/new", "tmp/second",
            ],
            listing.Where(l => l.Length > 0 && !l.StartsWith("bin/b", StringComparison.Ordinal) && !(l.StartsWith("bin/", StringComparison.Ordinal) && l.Length > 4)));
        await ToolRunner.RunAsync("mkdir", folder["out"]);
        (await ToolRunner.RunAsync("tar", "-C", folder["out"], "-xf", folder["file.tar"])).Succeeded();
        Assert.Equal("2\n", (await ToolRunner.RunAsync("stat", "-c", "%h", folder["out/tmp/second"])).Output);
        Assert.Equal("new\n", File.ReadAllText(folder["out/tmp/new"]));
    }

    [SkippableFact]
    public async Task ATerminalIsRefused()
    {
        LocalMachine.Require();
        await machine.RunAsync("create", "--name", "refused", "--network", "none", LocalMachine.Image, "true");
        Assert.Contains("CTZ7023", (await machine.RunInTerminalAsync("export refused")).Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task WhatCannotBeWrittenLeavesNothing()
    {
        LocalMachine.Require();
        using var folder = new TemporaryFolder();
        await machine.RunAsync("create", "--name", "nowhere", "--network", "none", LocalMachine.Image, "true");
        var result = await machine.RunAsync("export", "-o", folder["absent/file.tar"], "nowhere");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("CTZ3011", result.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }
}
