using System.Text.Json.Nodes;
using Xunit;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>Hooks of every kind: when they run, what they are told, in which namespaces, and what comes of their failure.</summary>
public class RunningHooks
{
    private static readonly string[] Kinds = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];

    [SkippableFact]
    public async Task EachKindRunsWhenAndWhereTheSpecificationSays()
    {
        using var bundle = await LifeBundle.CreateAsync();
        // One line a hook, into a file that is at the same place on the host and in the container.
        bundle.Write("rootfs/record", "");
        bundle.Write("record", "");
        var hook = bundle.WriteProgram("hook", $$"""
            state=$(cat)
            field() { echo "$state" | tr -d ' ' | tr ',{}' '\n\n\n' | sed -n "s/^\"$1\":\"*\([^\"]*\)\"*\$/\1/p" | head -n 1; }
            here() { [ "$(readlink /proc/self/ns/$1)" = "$(readlink /proc/{{Environment.ProcessId}}/ns/$1)" ] && echo host || echo container; }
            echo "$1 $(field status) pid=$([ -n "$(field pid)" ] && echo yes || echo no) mounts:$(here mnt) net:$(here net) $(env | grep -v '^PWD=\|^SHLVL=\|^_=\|^OLDPWD=' | sort | tr '\n' ' ')$(field id)" >> $2
            """);
        File.Copy(hook, bundle["rootfs/hook"]);
        bundle.MakeFolder("rootfs/proc");
        foreach (var kind in Kinds)
        {
            var inContainer = kind == "startContainer";
            bundle.Set("/hooks/" + kind, $$"""
                [{"path":"/bin/sh","args":["sh","{{(inContainer ? "/hook" : hook)}}","{{kind}}","{{(inContainer ? "/record" : bundle["record"])}}"],"env":["ONE={{kind}}","PATH=/bin:/usr/bin"],"timeout":30}]
                """);
        }

        bundle.Set("/root/readonly", "false");
        var applets = (string[])["tr", "sed", "head", "grep", "env"];
        foreach (var applet in applets.Where(applet => !File.Exists(bundle["rootfs/bin/" + applet])))
        {
            File.CreateSymbolicLink(bundle["rootfs/bin/" + applet], "busybox");
        }

        var id = await bundle.CreateContainerAsync();
        string[] atCreate =
        [
            $"prestart creating pid=yes mounts:host net:host ONE=prestart PATH=/bin:/usr/bin {id}",
            $"createRuntime creating pid=yes mounts:host net:host ONE=createRuntime PATH=/bin:/usr/bin {id}",
            $"createContainer creating pid=yes mounts:container net:container ONE=createContainer PATH=/bin:/usr/bin {id}",
        ];
        Assert.Equal(atCreate, await File.ReadAllLinesAsync(bundle["record"]));
        (await bundle.CallAsync("start", id)).Succeeded();
        await LifeBundle.WaitAsync(async () => (await File.ReadAllLinesAsync(bundle["rootfs/record"])).Length > 0, "startContainer did not run");
        Assert.StartsWith("startContainer created pid=yes ", (await File.ReadAllTextAsync(bundle["rootfs/record"])).TrimEnd(), StringComparison.Ordinal);
        string[] atStart = [.. atCreate, $"poststart running pid=yes mounts:host net:host ONE=poststart PATH=/bin:/usr/bin {id}"];
        Assert.Equal(atStart, await File.ReadAllLinesAsync(bundle["record"]));
        (await bundle.CallAsync("delete", "--force", id)).Succeeded();
        string[] atDelete = [.. atStart, $"poststop stopped pid=no mounts:host net:host ONE=poststop PATH=/bin:/usr/bin {id}"];
        Assert.Equal(atDelete, await File.ReadAllLinesAsync(bundle["record"]));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheyRunInTheirOrderUntilOneFails(bool isRunc)
    {
        using var bundle = await LifeBundle.CreateAsync(isRunc ? "runc" : null);
        string Hook(string word) => $$"""{"path":"/bin/sh","args":["sh","-c","echo {{word}} >> {{bundle["record"]}}; [ {{word}} != 3 ]"]}""";
        bundle.Set("/hooks", $$"""{"createRuntime":[{{Hook("1")}},{{Hook("2")}},{{Hook("3")}},{{Hook("4")}}],"poststop":[{{Hook("5")}}]}""");
        Assert.Equal(1, (await bundle.CallAsync("create", "--bundle", bundle.Folder, LifeBundle.NewId())).ExitCode);
        Assert.Equal(["1", "2", "3", "5"], await File.ReadAllLinesAsync(bundle["record"]));
        Assert.Equal("", bundle.Remains());
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WithoutAnEnvironmentOfTheirOwnTheyHaveTheRuntimes(bool isRunc)
    {
        using var bundle = await LifeBundle.CreateAsync(isRunc ? "runc" : null);
        string Hook(string more) => $$"""{"path":"/bin/sh","args":["sh","-c","echo [$ONE] >> {{bundle["record"]}}"]{{more}}}""";
        bundle.Set("/hooks", $$"""{"createRuntime":[{{Hook("")}},{{Hook(",\"env\":[]")}},{{Hook(",\"env\":[\"ONE=2\"]")}}]}""");
        (await bundle.CallInShellAsync("ONE=1 \"$@\"", bundle.Runtime, "--root", bundle.Root, "create", "--bundle", bundle.Folder, LifeBundle.NewId())).Succeeded();
        Assert.Equal(["[1]", "[]", "[2]"], await File.ReadAllLinesAsync(bundle["record"]));
    }

    [SkippableFact]
    public async Task ThePidIsThatOfInitAsTheHookSeesIt()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/hooks", $$"""{"createRuntime":[{"path":"/bin/sh","args":["sh","-c","cat > {{bundle["state.json"]}}"]}],"createContainer":[{"path":"/bin/sh","args":["sh","-c","cat > {{bundle["inner.json"]}}"]}]}""");
        bundle.Set("/annotations", """{"key":"value"}""");
        var id = await bundle.CreateContainerAsync();
        var state = JsonNode.Parse(await File.ReadAllTextAsync(bundle["state.json"]))!;
        Assert.Equal((await bundle.StateAsync(id))["pid"]!.GetValue<int>(), state["pid"]!.GetValue<int>());
        Assert.Equal($"{id} {bundle.Folder} value {bundle.Spec["ociVersion"]}", $"{state["id"]} {state["bundle"]} {state["annotations"]!["key"]} {state["ociVersion"]}");
        Assert.Equal(1, JsonNode.Parse(await File.ReadAllTextAsync(bundle["inner.json"]))!["pid"]!.GetValue<int>());
    }

    // runc and crun let `start` succeed: they look at the hook no more.
    [SkippableTheory]
    [InlineData("")]
    [InlineData(",\"poststart\":[{\"path\":\"/bin/touch\",\"args\":[\"touch\",\"STARTED\"]}]")]
    public async Task AStartContainerHookThatFailsMakesStartFail(string more)
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/hooks", $$"""
            {"startContainer":[{"path":"/bin/sh","args":["sh","-c","echo a word; exit 3"]}],
            "poststop":[{"path":"/bin/sh","args":["sh","-c","cat > {{bundle["stopped"]}}"]}]{{more.Replace("STARTED", bundle["started"], StringComparison.Ordinal)}}}
            """);
        var id = await bundle.CreateContainerAsync();
        var result = await bundle.CallAsync("start", id);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error running hook startContainer #0, /bin/sh: exit status 3, output: a word", Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal("absent", await bundle.StatusAsync(id));
        Assert.Contains("\"stopped\"", await File.ReadAllTextAsync(bundle["stopped"]), StringComparison.Ordinal);
        Assert.False(File.Exists(bundle["started"]));
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableTheory]
    [InlineData("create")]
    [InlineData("run")]
    public async Task PoststartHooksRunWhenTheProgramIsExecuted(string command)
    {
        using var bundle = await LifeBundle.CreateAsync();
        // With a hook before that takes its time: whoever does not wait sees the runtime itself.
        bundle.Set("/hooks", $$"""
            {"startContainer":[{"path":"/bin/busybox","args":["sleep","0.3"]}],
            "poststart":[{"path":"/bin/sh","args":["sh","-c","pid=$(tr -dc '0-9a-z:,' | sed 's/.*pid:\\([0-9]*\\).*/\\1/'); cat /proc/$pid/comm > {{bundle["record"]}}"]}]}
            """);
        var id = LifeBundle.NewId();
        (await bundle.CallAsync([command, .. command == "run" ? new[] { "--detach" } : [], "--bundle", bundle.Folder, id])).Succeeded();
        if (command == "create")
        {
            (await bundle.CallAsync("start", id)).Succeeded();
        }

        Assert.Equal("busybox\n", await File.ReadAllTextAsync(bundle["record"]));
    }

    [SkippableTheory]
    [InlineData("createContainer", false)]
    [InlineData("startContainer", false)]
    [InlineData("poststart", true)]
    public async Task OneThatFailsMakesRunFail(string kind, bool hasRun)
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Program("/bin/sh", "-c", "echo started; exec sleep 300");
        bundle.Set("/hooks", $$"""{"{{kind}}":[{"path":"/bin/sh","args":["sh","-c","sleep 0.3; exit 3"]}],"poststop":[{"path":"/bin/touch","args":["touch","{{bundle["stopped"]}}"]}]}""");
        var id = LifeBundle.NewId();
        var result = await bundle.CallAsync("run", "--bundle", bundle.Folder, id);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(hasRun ? "started\n" : "", result.Output);
        Assert.Contains($"error running hook {kind} #0, /bin/sh: exit status 3", Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.True(File.Exists(bundle["stopped"]));
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableTheory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task ThatOfStartContainerIsUnderTheProgramsFilter(string noNewPrivileges)
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/process/noNewPrivileges", noNewPrivileges);
        bundle.Set("/linux/seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_KILL"}]}""");
        bundle.Set("/hooks", """{"startContainer":[{"path":"/bin/busybox","args":["mkdir","/dev/shm/new"]}]}""");
        var result = await bundle.CallAsync("run", "--bundle", bundle.Folder, LifeBundle.NewId());
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error running hook startContainer #0, /bin/busybox: signal: bad system call", result.Errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task AProgramThatCannotBeExecutedAfterThemMakesStartFail()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/root/readonly", "false");
        File.Copy(bundle["rootfs/bin/busybox"], bundle["rootfs/program"]);
        bundle.Set("/hooks", """{"startContainer":[{"path":"/bin/busybox","args":["rm","/program"]}]}""");
        bundle.Program("/program", "sleep", "300");
        var id = await bundle.CreateContainerAsync();
        var result = await bundle.CallAsync("start", id);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("exec /program: no such file or directory", result.Errors, StringComparison.Ordinal);
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableFact]
    public async Task KilledWhileTheyRunItHasNotStarted()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/hooks", $$"""{"startContainer":[{"path":"/bin/busybox","args":["sleep","60"]}],"poststart":[{"path":"/bin/touch","args":["touch","{{bundle["started"]}}"]}]}""");
        var id = await bundle.CreateContainerAsync();
        var pid = (await bundle.StateAsync(id))["pid"]!;
        var result = await bundle.CallInShellAsync(
            $"\"$@\" & start=$!; while [ -e {bundle.Root}/{id}/exec.fifo ]; do sleep 0.02; done; kill -9 {pid}; wait $start",
            bundle.Runtime, "--root", bundle.Root, "start", id);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("container process is already dead", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(bundle["started"]));
        await bundle.AwaitStoppedAsync(id);
    }

    [SkippableFact]
    public async Task APoststartHookThatFailsEndsTheContainer()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/hooks", """{"poststart":[{"path":"/bin/false"}]}""");
        var id = await bundle.CreateContainerAsync();
        var result = await bundle.CallAsync("start", id);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error running hook poststart #0, /bin/false", result.Errors, StringComparison.Ordinal);
        Assert.NotEqual("running", await bundle.StatusAsync(id));
        (await bundle.CallAsync("delete", "--force", id)).Succeeded();
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableFact]
    public async Task APoststopHookThatFailsIsWarnedOf()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/hooks", """{"poststop":[{"path":"/bin/false"},{"path":"/bin/touch","args":["touch","RECORD"]}]}""".Replace("RECORD", bundle["record"], StringComparison.Ordinal));
        var id = await bundle.StartContainerAsync();
        var result = await bundle.CallAsync("delete", "--force", id);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("level=warning msg=\"error running hook poststop #0, /bin/false: exit status 1", result.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(bundle["record"]));
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableFact]
    public async Task ARunThatIsKilledWhileAHookRunsLeavesNothingRunning()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/hooks", $$"""{"createRuntime":[{"path":"/bin/sh","args":["sh","-c","echo > {{bundle["reached"]}}; sleep 2"]}]}""");
        var id = LifeBundle.NewId();
        (await bundle.CallInShellAsync($"\"$@\" & pid=$!; while [ ! -e {bundle["reached"]} ]; do sleep 0.05; done; kill -9 $pid; true",
            bundle.Runtime, "--root", bundle.Root, "create", "--bundle", bundle.Folder, id)).Succeeded();
        (await bundle.CallAsync("delete", "--force", id)).Succeeded();
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }
}
