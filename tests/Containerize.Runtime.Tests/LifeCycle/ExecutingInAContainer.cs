using System.Text.Json.Nodes;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>`exec`: another process in a container that runs.</summary>
public class ExecutingInAContainer
{
    [SkippableFact]
    public async Task TheExitCodeIsThatOfTheProcess()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = await bundle.StartContainerAsync();
        Assert.Equal("hello\n", (await bundle.CallAsync("exec", id, "/bin/busybox", "echo", "hello")).Succeeded());
        foreach (var (script, code) in new[] { ("exit 7", 7), ("exit 255", 255), ("kill -TERM $$", 143), ("kill -KILL $$", 137) })
        {
            var result = await bundle.CallAsync("exec", id, "/bin/sh", "-c", script);
            Assert.Equal((code, ""), (result.ExitCode, result.Errors));
        }

        foreach (var (words, says) in new[] { ("/nothing", "no such file"), ("nothing", "not found in $PATH"), ("/bin", "permission denied") })
        {
            var result = await bundle.CallAsync("exec", id, words);
            Assert.Equal(255, result.ExitCode);
            Assert.Contains(says, Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }

        Assert.Equal(255, (await bundle.CallAsync("exec", "--cwd", "relative", id, "/bin/sh")).ExitCode);
        Assert.Equal(255, (await bundle.CallAsync("exec", "--none", id, "/bin/sh")).ExitCode);
        Assert.Equal("running", await bundle.StatusAsync(id));
    }

    [SkippableTheory]
    [InlineData("--cwd /bin", "pwd", "/bin\n")]
    [InlineData("--env A=1 -e B=2=3", "echo $A $B", "1 2=3\n")]
    [InlineData("--user 7", "id -u; id -g", "7\n0\n")]
    [InlineData("-u 7:8 -g 9 --additional-gids 10", "id -u; id -g; id -G", "7\n8\n8 9 10\n")]
    [InlineData("--cap CAP_NET_ADMIN", "grep CapEff /proc/self/status", "CapEff:\t0000000020001420\n")]
    [InlineData("", "grep CapEff /proc/self/status", "CapEff:\t0000000020000420\n")]
    [InlineData("--no-new-privs", "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\t1\n")]
    [InlineData("", "grep NoNewPrivs /proc/self/status", "NoNewPrivs:\t0\n")]
    [InlineData("", "hostname; ls /proc/self/fd", "runc\n0\n1\n2\n3\n")]
    public async Task OptionsSayHow(string options, string script, string output)
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/process/noNewPrivileges", "false");
        foreach (var applet in (string[])["grep", "hostname", "pwd"])
        {
            File.CreateSymbolicLink(bundle["rootfs/bin/" + applet], "busybox");
        }

        var id = await bundle.StartContainerAsync();
        Assert.Equal(output, (await bundle.CallAsync(["exec", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), id, "/bin/sh", "-c", script])).Succeeded());
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ItMayJoinACgroupBelowTheContainers(bool isRunc)
    {
        using var bundle = await LifeBundle.CreateAsync(isRunc ? "runc" : null);
        bundle.Spec["linux"]!["namespaces"]!.AsArray().RemoveAll(space => space!["type"]!.GetValue<string>() == "cgroup");
        bundle.Save();
        var id = await bundle.StartContainerAsync();
        var own = Cgroups(await File.ReadAllTextAsync($"/proc/{(await bundle.StateAsync(id))["pid"]}/cgroup"));
        var isVersion1 = own.ContainsKey("pids");
        var below = (isVersion1 ? $"/sys/fs/cgroup/pids{own["pids"]}" : $"/sys/fs/cgroup{own[""]}") + "/below";
        Directory.CreateDirectory(below);
        try
        {
            var joined = Cgroups((await bundle.CallAsync("exec", "--cgroup", isVersion1 ? "pids:below" : "below", id, "/bin/cat", "/proc/self/cgroup")).Succeeded());
            foreach (var (controller, path) in own)
            {
                Assert.Equal(path + (controller == (isVersion1 ? "pids" : "") ? "/below" : ""), joined[controller]);
            }

            foreach (var (value, says) in new[] { ("..", ".. is not a sub cgroup path"), ("/a/../..", "is not a sub cgroup path"), ("none", "no such file or directory"), ("none:below", "unknown controller") })
            {
                var result = await bundle.CallAsync("exec", "--cgroup", value, id, "/bin/sh", "-c", ":");
                Assert.Equal(255, result.ExitCode);
                // runc has no words for the controller with version 2.
                Assert.Contains(isRunc && value == "none:below" ? "controller" : says, result.Errors, StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(below);
        }

        static Dictionary<string, string> Cgroups(string text) =>
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(':', 3)).ToDictionary(fields => fields[1], fields => fields[2]);
    }

    [SkippableFact]
    public async Task TheProcessCanComeFromAFile()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = await bundle.StartContainerAsync();
        var process = bundle.Spec["process"]!.DeepClone();
        process["args"] = new JsonArray("/bin/sh", "-c", "echo $ONE; id -u; exit 3");
        process["env"] = new JsonArray("ONE=of the file", "PATH=/bin");
        process["user"]!["uid"] = 5;
        bundle.Write("process.json", process.ToJsonString());
        var result = await bundle.CallAsync("exec", "--process", bundle["process.json"], id);
        Assert.Equal((3, "of the file\n5\n", ""), (result.ExitCode, result.Output, result.Errors));

        foreach (var text in (string[])["{", "", "null", "{}", """{"args":[],"cwd":"/"}""", """{"args":["/bin/sh"],"cwd":"/","rlimits":[{"type":"RLIMIT_NONE","soft":1,"hard":1}]}"""])
        {
            bundle.Write("process.json", text);
            var refused = await bundle.CallAsync("exec", "--process", bundle["process.json"], id);
            Assert.Equal(255, refused.ExitCode);
            Assert.Single(refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        Assert.Equal(255, (await bundle.CallAsync("exec", "--process", "/nowhere", id)).ExitCode);
    }

    [SkippableFact]
    public async Task DetachedItRunsOnAndPsShowsIt()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = await bundle.StartContainerAsync();
        (await bundle.CallAsync("exec", "--detach", "--pid-file", "exec.pid", id, "/bin/busybox", "sleep", "200")).Succeeded();
        var pid = int.Parse(await File.ReadAllTextAsync(bundle["exec.pid"]));
        Assert.Equal("sleep 200", (await File.ReadAllTextAsync($"/proc/{pid}/cmdline")).Trim('\0').Replace('\0', ' ')["/bin/busybox ".Length..]);
        var init = (await bundle.StateAsync(id))["pid"]!.GetValue<int>();
        var processes = JsonNode.Parse((await bundle.CallAsync("ps", "--format", "json", id)).Succeeded())!.AsArray().Select(number => number!.GetValue<int>());
        Assert.Equal(((int[])[init, pid]).Order(), processes.Order());
        if (ToolRunner.Find("ps") is not null)
        {
            var table = (await bundle.CallAsync("ps", id)).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(3, table.Length);
            Assert.Contains("PID", table[0], StringComparison.Ordinal);
            Assert.Equal(3, (await bundle.CallAsync("ps", id, "-o", "pid,comm")).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Equal(1, (await bundle.CallAsync("ps", id, "-o", "comm")).ExitCode);
        }

        // It ends with the container, whose first process it is not.
        (await bundle.CallAsync("kill", id, "KILL")).Succeeded();
        await bundle.AwaitStoppedAsync(id);
        await LifeBundle.WaitAsync(() => Task.FromResult(!File.Exists($"/proc/{pid}/exe") || File.ResolveLinkTarget($"/proc/{pid}/exe", false) is null), "the process outlives its container");
        (await bundle.CallAsync("delete", id)).Succeeded();
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableFact]
    public async Task InAUserNamespace()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/linux/namespaces/-", """{"type":"user"}""");
        bundle.Set("/linux/uidMappings", """[{"containerID":0,"hostID":100000,"size":65536}]""");
        bundle.Set("/linux/gidMappings", """[{"containerID":0,"hostID":100000,"size":65536}]""");
        (await ToolRunner.RunAsync("chown", "-R", "100000:100000", bundle["rootfs"])).Succeeded();
        var id = await bundle.StartContainerAsync();
        Assert.Equal("0\n         0     100000      65536\n", (await bundle.CallAsync("exec", id, "/bin/sh", "-c", "id -u; cat /proc/self/uid_map")).Succeeded());
        Assert.Equal("7\n", (await bundle.CallAsync("exec", "--user", "7", id, "/bin/sh", "-c", "id -u")).Succeeded());
        Assert.Equal(255, (await bundle.CallAsync("exec", "--user", "70000", id, "/bin/sh", "-c", "id -u")).ExitCode);
    }

    [SkippableFact]
    public async Task ManyAtOnce()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = await bundle.StartContainerAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => bundle.CallAsync("exec", id, "/bin/sh", "-c", $"echo {number}; exit {number}")));
        Assert.Equal(Enumerable.Range(0, 20).Select(number => (number, $"{number}\n", "")), results.Select(result => (result.ExitCode, result.Output, result.Errors)));
        Assert.Equal("running", await bundle.StatusAsync(id));
        (await bundle.CallAsync("delete", "--force", id)).Succeeded();
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableFact]
    public async Task ASignalToTheRuntimeReachesTheProcess()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = await bundle.StartContainerAsync();
        var result = await bundle.CallInShellAsync(
            "\"$@\" & pid=$!; while ! grep -q ready output-*; do sleep 0.05; done; kill -TERM $pid; wait $pid",
            bundle.Runtime, "--root", bundle.Root, "exec", id, "/bin/sh", "-c", "trap 'echo term; exit 9' TERM; echo ready; while :; do /bin/busybox sleep 0.05; done");
        Assert.Equal((9, "ready\nterm\n"), (result.ExitCode, result.Output));
    }
}
