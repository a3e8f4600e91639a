using System.Text.Json.Nodes;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Security;

/// <summary>Descriptors, variables and signals of whoever calls the runtime: the container has none of them unless it was asked for.</summary>
public class InheritingFromTheCaller
{
    private const string OpenDescriptors = "i=0; while [ $i -lt 64 ]; do [ -e /proc/$$/fd/$i ] && echo $i; i=$((i+1)); done";
    private const string WithFiles = "exec 3</etc 4</etc 17</etc 23</etc/passwd; exec \"$@\"";

    [SkippableTheory]
    [InlineData("", "0 1 2")]
    [InlineData("--preserve-fds=2", "0 1 2 3 4")]
    [InlineData("--preserve-fds=1", "0 1 2 3")]
    [InlineData("--preserve-fds=3", "descriptor 5 is not open")]
    [InlineData("--preserve-fds=-1", "is not from 0 to")]
    [InlineData("--preserve-fds=9999999999", "is not from 0 to")]
    public async Task DescriptorsAreThoseAskedFor(string option, string expected)
    {
        using var bundle = await RootBundle.CreateAsync();
        string[] options = option.Length == 0 ? [] : [option];
        await using var container = await RunningContainer.StartAsync(bundle, RunningContainer.Idle);
        var exec = await container.ExecFromAsync(WithFiles, options, "/bin/sh", "-c", OpenDescriptors);
        var run = await RunFromAsync(bundle, WithFiles, OpenDescriptors, options);
        foreach (var result in (ToolRunner.Result[])[exec, run])
        {
            if (expected.StartsWith('0'))
            {
                Assert.Equal(expected, result.Succeeded().TrimEnd('\n').Replace('\n', ' '));
            }
            else
            {
                Assert.NotEqual(0, result.ExitCode);
                Assert.Contains(expected, result.Errors);
            }
        }
    }

    [SkippableFact]
    public async Task SocketsOfActivationAreHandedOn()
    {
        using var bundle = await RootBundle.CreateAsync();
        var output = (await RunFromAsync(bundle, "export LISTEN_FDS=1 LISTEN_PID=$$; " + WithFiles, OpenDescriptors + "; echo $LISTEN_FDS $LISTEN_PID", [])).Succeeded();
        Assert.Equal("0\n1\n2\n3\n1 1\n", output);
        Assert.Contains("is not open", (await RunFromAsync(bundle, "export LISTEN_FDS=2147483647; " + WithFiles, "echo started", ["--preserve-fds=1"])).Errors);
    }

    // CVE-2024-21626.
    [SkippableFact]
    public async Task ADescriptorIsNoWorkingDirectoryOfExec()
    {
        using var bundle = await RootBundle.CreateAsync();
        File.CreateSymbolicLink(bundle["rootfs/link"], "/proc/self/fd/17");
        await using var container = await RunningContainer.StartAsync(bundle, RunningContainer.Idle);
        foreach (var directory in Enumerable.Range(3, 12).Append(17).Select(number => $"/proc/self/fd/{number}").Append("/proc/self/fd/17/..").Append("/proc/self/fd/17/../etc").Append("/link"))
        {
            var result = await container.ExecFromAsync(WithFiles, ["--cwd", directory], "/bin/sh", "-c", "echo started; cat passwd ../etc/passwd ../../../etc/passwd");
            Assert.True(result.ExitCode != 0 && !result.Output.Contains("root:", StringComparison.Ordinal), directory + "\n" + result.Output);
            Assert.DoesNotContain("started", result.Output);
            Assert.Contains("changing to process.cwd", result.Errors);
        }
    }

    // The same by the program's own path.
    [SkippableTheory]
    [InlineData("/proc/self/fd/17/busybox")]
    [InlineData("/proc/self/fd/23")]
    [InlineData("/link")]
    public async Task ADescriptorIsNoProgram(string program)
    {
        using var bundle = await RootBundle.CreateAsync();
        File.CreateSymbolicLink(bundle["rootfs/link"], "/proc/self/fd/23");
        bundle.Folder("host/inner");
        File.Copy(ToolRunner.Find("busybox")!, bundle["host/inner/busybox"]);
        var script = $"exec 17<{bundle["host/inner"]} 23<{bundle["host/inner/busybox"]}; exec \"$@\"";
        await using var container = await RunningContainer.StartAsync(bundle, RunningContainer.Idle);
        foreach (var result in (ToolRunner.Result[])[
            await container.ExecFromAsync(script, [], program, "busybox", "echo", "started"),
            await RunFromAsync(bundle, script, null, [], program, "busybox", "echo", "started")])
        {
            Assert.NotEqual(0, result.ExitCode);
            Assert.DoesNotContain("started", result.Output);
            Assert.Contains("starting the container process: exec: ", result.Errors);
        }
    }

    [SkippableFact]
    public async Task VariablesAreTheConfigurationsOwn()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["process"]!["env"] = new JsonArray("PATH=/bin", "ONE=1");
        const string Script = "export HOSTS_SECRET=1 LD_PRELOAD=/x DOTNET_GCHeapHardLimit=1F00000; exec \"$@\"";
        await using var container = await RunningContainer.StartAsync(bundle, RunningContainer.Idle);
        Assert.Equal("PATH=/bin\nONE=1\nHOME=/\n", (await container.ExecFromAsync(Script, [], "/bin/cat", "/proc/self/environ")).Succeeded().Replace('\0', '\n'));
        Assert.Equal("PATH=/bin\nONE=1\nHOME=/\n", (await RunFromAsync(bundle, Script, null, [], "/bin/cat", "/proc/self/environ")).Succeeded().Replace('\0', '\n'));
        Assert.Equal("PATH=/bin\nONE=2\nHOME=/\nTWO=2\n", (await container.ExecAsync(["--env", "ONE=2", "-e", "HOME=", "--env", "TWO=2"], "/bin/cat", "/proc/self/environ")).Succeeded().Replace('\0', '\n'));
    }

    [SkippableFact]
    public async Task SignalsAreNeitherIgnoredNorBlocked()
    {
        using var bundle = await RootBundle.CreateAsync();
        const string Expected = "SigPnd: 0000000000000000\nShdPnd: 0000000000000000\nSigBlk: 0000000000000000\nSigIgn: 0000000000000000\nSigCgt: 0000000000000000\n";
        string[] program = ["/bin/cat", "/proc/self/status"];
        await using var container = await RunningContainer.StartAsync(bundle, RunningContainer.Idle);
        const string Ignoring = "trap '' USR1 USR2 PIPE HUP; exec \"$@\"";
        Assert.Equal(Expected, SignalsOf((await container.ExecFromAsync(Ignoring, [], program)).Succeeded()));
        Assert.Equal(Expected, SignalsOf((await RunFromAsync(bundle, Ignoring, null, [], program)).Succeeded()));
    }

    private static string SignalsOf(string status) => string.Concat(status.Split('\n')
        .Where(line => line.StartsWith("ShdPnd", StringComparison.Ordinal) || (line.StartsWith("Sig", StringComparison.Ordinal) && !line.StartsWith("SigQ", StringComparison.Ordinal)))
        .Select(line => line.Replace('\t', ' ') + "\n"));

    private static async Task<ToolRunner.Result> RunFromAsync(RootBundle bundle, string caller, string? script, string[] options, params string[] arguments)
    {
        string[] words = script is null ? arguments : ["/bin/sh", "-c", script];
        bundle.Spec["process"]!["args"] = new JsonArray([.. words.Select(word => (JsonNode)word)]);
        await File.WriteAllTextAsync(bundle["config.json"], bundle.Spec.ToJsonString());
        return await ToolRunner.RunAsync("bash",
            ["-c", caller, "bash", await PublishedRuntime.PathAsync, "--root", bundle["state"], "run", .. options, "--bundle", bundle[""], MountInfoText.ContainerPrefix + Guid.NewGuid().ToString("N")]);
    }
}
