using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Security;

/// <summary>What a container leaves, what runs before it is started, and who gets its signals when it is gone.</summary>
public class LivingAndDying
{
    [SkippableFact]
    public async Task AnotherProcessOfTheSameNumberIsNotIt()
    {
        using var bundle = await RootBundle.CreateAsync();
        await using var container = await RunningContainer.StartAsync(bundle, RunningContainer.Idle);
        var pid = await PidAsync(container);
        // As if the number had come to another: ours, with another time of start.
        var file = bundle[$"state/{container.Id}/state.json"];
        var record = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        Assert.Equal(pid, record["initProcessPid"]!.GetValue<int>());
        record["initProcessPid"] = Environment.ProcessId;
        var real = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, record.ToJsonString());
        Assert.Contains("\"stopped\"", (await container.CallAsync("state", container.Id)).Succeeded());
        AssertRefused(await container.CallAsync("kill", container.Id, "KILL"), "container not running");
        AssertRefused(await container.ExecAsync([], "/bin/busybox", "true"), "cannot exec in a stopped container");
        await File.WriteAllTextAsync(file, real);
    }

    [SkippableFact]
    public async Task KilledFromOutsideItIsStopped()
    {
        using var bundle = await RootBundle.CreateAsync();
        await using var container = await RunningContainer.StartAsync(bundle, RunningContainer.Idle);
        System.Diagnostics.Process.GetProcessById(await PidAsync(container)).Kill();
        for (var attempt = 0; attempt < 100 && !(await container.CallAsync("state", container.Id)).Output.Contains("\"stopped\"", StringComparison.Ordinal); attempt++)
        {
            await Task.Delay(20);
        }

        Assert.Contains("\"stopped\"", (await container.CallAsync("state", container.Id)).Succeeded());
        AssertRefused(await container.CallAsync("kill", container.Id, "KILL"), "container not running");
    }

    [SkippableTheory]
    [InlineData("process", "args", """["/missing"]""")]
    [InlineData("process", "user", """{"uid":4294967295,"gid":0}""")]
    [InlineData("process", "rlimits", """[{"type":"RLIMIT_CORE","soft":2,"hard":1}]""")]
    [InlineData("linux", "maskedPaths", """["/bin/sh/x/y"]""")]
    [InlineData("linux", "sysctl", """{"vm.swappiness":"1"}""")]
    [InlineData("hooks", "createRuntime", """[{"path":"/bin/false"}]""")]
    [InlineData("hooks", "createContainer", """[{"path":"/bin/false"}]""")]
    [InlineData("hooks", "startContainer", """[{"path":"/nowhere"}]""")]
    [InlineData("hooks", "poststart", """[{"path":"/bin/false"}]""")]
    public async Task WhatFailsLeavesNothing(string section, string name, string value)
    {
        using var bundle = await RootBundle.CreateAsync();
        var cgroup = "containerize-test-" + Guid.NewGuid().ToString("N");
        bundle.Spec["linux"]!["cgroupsPath"] = "/" + cgroup;
        bundle.Spec["process"]!["args"] = new JsonArray("/bin/busybox", "sleep", "5");
        (bundle.Spec[section] ??= new JsonObject())[name] = JsonNode.Parse(value);
        if (value.Contains("/y", StringComparison.Ordinal))
        {
            bundle.Spec["linux"]!["maskedPaths"] = new JsonArray();
            bundle.Spec["mounts"]!.AsArray().Add(JsonNode.Parse("""{"destination":"/x","type":"nosuchfs","source":"x"}"""));
        }

        await File.WriteAllTextAsync(bundle["config.json"], bundle.Spec.ToJsonString());
        var result = await ToolRunner.RunAsync(await PublishedRuntime.PathAsync, "--root", bundle["state"], "run", "--bundle", bundle[""], MountInfoText.ContainerPrefix + Guid.NewGuid().ToString("N"));
        Assert.NotEqual(0, result.ExitCode);
        Assert.False(Directory.Exists(bundle["state"]) && Directory.EnumerateFileSystemEntries(bundle["state"]).Any(), "state was left");
        Assert.Empty(Directory.GetDirectories("/sys/fs/cgroup", cgroup, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true }));
        Assert.DoesNotContain(bundle[""], await File.ReadAllTextAsync("/proc/self/mountinfo"));
        Assert.Empty(Processes(bundle[""]));
    }

    [SkippableFact]
    public async Task NothingOfTheUserRunsBeforeStart()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["root"]!["readonly"] = false;
        bundle.Write("rootfs/bin/script", "#!/bin/sh\nbusybox touch /ran\nexec /bin/busybox sleep 300\n");
        File.SetUnixFileMode(bundle["rootfs/bin/script"], (UnixFileMode)0b111_101_101);
        bundle.Spec["process"]!["args"] = new JsonArray("/bin/script");
        await File.WriteAllTextAsync(bundle["config.json"], bundle.Spec.ToJsonString());
        var runtime = await PublishedRuntime.PathAsync;
        var id = MountInfoText.ContainerPrefix + Guid.NewGuid().ToString("N");
        try
        {
            (await ToolRunner.RunAsync("sh", "-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "sh", runtime, "--root", bundle["state"], "create", "--bundle", bundle[""], id)).Succeeded();
            await Task.Delay(200);
            Assert.False(File.Exists(bundle["rootfs/ran"]));
            (await ToolRunner.RunAsync(runtime, "--root", bundle["state"], "start", id)).Succeeded();
            for (var attempt = 0; attempt < 100 && !File.Exists(bundle["rootfs/ran"]); attempt++)
            {
                await Task.Delay(20);
            }

            Assert.True(File.Exists(bundle["rootfs/ran"]));
        }
        finally
        {
            await ToolRunner.RunAsync(runtime, "--root", bundle["state"], "delete", "--force", id);
        }
    }

    [SkippableFact]
    public async Task HooksHaveTheVariablesOfTheConfiguration()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Write("hook", $"#!/bin/sh\ncd {bundle[""]}\necho \"$NAME $#\" >> told\ntr '\\0' ';' < /proc/$$/environ >> told\necho >> told\nls /proc/self/fd | tr '\\n' ' ' >> told\necho >> told\ncat >> states\n");
        File.SetUnixFileMode(bundle["hook"], (UnixFileMode)0b111_101_101);
        bundle.Spec["annotations"] = new JsonObject { ["of.the.image"] = "PATH=/evil" };
        var hooks = new JsonObject();
        foreach (var name in (string[])["prestart", "createRuntime", "poststart", "poststop"])
        {
            hooks[name] = JsonNode.Parse($$"""[{"path":{{JsonSerializer.Serialize(bundle["hook"])}},"args":["a","b"],"env":["NAME={{name}}"]}]""");
        }

        bundle.Spec["hooks"] = hooks;
        Environment.SetEnvironmentVariable("CONTAINERIZE_TEST_OF_THE_HOST", "1");
        (await bundle.RunAsync("true")).Succeeded();
        var told = await File.ReadAllLinesAsync(bundle["told"]);
        Assert.Equal(12, told.Length);
        Assert.Equal(["prestart 1", "createRuntime 1", "poststart 1", "poststop 1"], told.Where((_, index) => index % 3 == 0));
        Assert.Equal(["NAME=prestart;", "NAME=createRuntime;", "NAME=poststart;", "NAME=poststop;"], told.Where((_, index) => index % 3 == 1));
        // The directory that ls reads is the last.
        Assert.All(told.Where((_, index) => index % 3 == 2), line => Assert.Equal("0 1 2 3 ", line));
        Assert.Contains("of.the.image", await File.ReadAllTextAsync(bundle["states"]));
    }

    // The keys of a session are not another's.
    [SkippableFact]
    public async Task EachContainerHasItsOwnKeys()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["linux"]!["maskedPaths"] = new JsonArray();
        await using var one = await RunningContainer.StartAsync(bundle, RunningContainer.Idle);
        using var second = await RootBundle.CreateAsync();
        second.Spec["linux"]!["maskedPaths"] = new JsonArray();
        await using var two = await RunningContainer.StartAsync(second, RunningContainer.Idle);
        var keys = new List<string>();
        foreach (var container in (RunningContainer[])[one, two])
        {
            var text = (await container.ExecAsync([], "/bin/cat", "/proc/keys")).Succeeded();
            keys.Add(text.Split('\n').Single(line => line.Contains("_ses." + container.Id, StringComparison.Ordinal)).Split(' ')[0]);
        }

        Assert.NotEqual(keys[0], keys[1]);
    }

    private static async Task<int> PidAsync(RunningContainer container) =>
        JsonNode.Parse((await container.CallAsync("state", container.Id)).Succeeded())!["pid"]!.GetValue<int>();

    private static void AssertRefused(ToolRunner.Result result, string why)
    {
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(why, result.Errors);
    }

    // Those whose root is the bundle's.
    private static List<int> Processes(string bundle)
    {
        var found = new List<int>();
        foreach (var directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                try
                {
                    if (File.ReadAllText(directory + "/mountinfo").Contains(bundle, StringComparison.Ordinal))
                    {
                        found.Add(id);
                    }
                }
                catch (IOException)
                {
                    // Gone.
                }
            }
        }

        return found;
    }
}
