using System.Text.Json.Nodes;
using Containerize.Runtime.Cgroups;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>Configurations that are valid, or that nothing says is not: what is optional, unknown, missing or without a meaning keeps nothing from running.</summary>
public class TakingAConfiguration
{
    [SkippableTheory]
    [InlineData("/ociVersion", "\"1.0.0\"")]
    [InlineData("/ociVersion", "\"1.2.0\"")]
    [InlineData("/ociVersion", "\"1.0.2-dev\"")]
    [InlineData("/ociVersion", "\"1.1.0-rc.1+build.007\"")]
    [InlineData("/unknown", """{"a":[1,{"b":null}]}""")]
    [InlineData("/process/unknown", "[]")]
    [InlineData("/linux/unknown", "true")]
    [InlineData("/linux/resources/unknown", """{"a":1.5}""")]
    [InlineData("/mounts/0/unknown", "\"\"")]
    [InlineData("/windows", """{"layerFolders":["x"]}""")]
    [InlineData("/annotations", """{"com.example.key":"value","org.opencontainers.image.later":"","unknown":"ü"}""")]
    [InlineData("/process/consoleSize", """{"height":25,"width":80}""")]
    [InlineData("/process/consoleSize", """{"height":25}""")]
    [InlineData("/linux/seccomp", "{}")]
    [InlineData("/linux/seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","listenerPath":"/nowhere","listenerMetadata":"x"}""")]
    [InlineData("/linux/personality", """{"domain":"LINUX","flags":[]}""")]
    [InlineData("/linux/resources/network", """{"priorities":[]}""")]
    [InlineData("/process/user", "{}")]
    [InlineData("/process/rlimits", """[{"type":"RLIMIT_CORE"}]""")]
    [InlineData("/process/ioPriority", """{"class":"IOPRIO_CLASS_BE"}""")]
    public async Task ItRuns(string path, string json)
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set(path, json);
        bundle.Script("echo started");
        var result = await bundle.CallAsync("run", "--bundle", bundle.Folder, LifeBundle.NewId());
        Assert.Equal((0, "started\n", ""), (result.ExitCode, result.Output, result.Errors));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatIsWrittenAfterItWasCreatedDoesNothing(bool isRunc)
    {
        using var bundle = await LifeBundle.CreateAsync(isRunc ? "runc" : null);
        bundle.Set("/root/readonly", "false");
        bundle.Set("/annotations", """{"key":"before"}""");
        bundle.Set("/hooks", $$"""{"poststart":[{"path":"/bin/touch","args":["touch","{{bundle["before"]}}"]}]}""");
        bundle.Script("echo before > /record; sleep 300");
        var id = await bundle.CreateContainerAsync();
        bundle.Set("/annotations", """{"key":"after"}""");
        bundle.Set("/hooks", $$"""{"poststart":[{"path":"/bin/touch","args":["touch","{{bundle["after"]}}"]}],"poststop":[{"path":"/bin/touch","args":["touch","{{bundle["after"]}}"]}]}""");
        bundle.Script("echo after > /record; sleep 300");
        (await bundle.CallAsync("start", id)).Succeeded();
        await LifeBundle.WaitAsync(() => Task.FromResult(File.Exists(bundle["rootfs/record"]) && new FileInfo(bundle["rootfs/record"]).Length > 0), "it did not run");
        Assert.Equal("before\n", await File.ReadAllTextAsync(bundle["rootfs/record"]));
        Assert.Equal("before", (await bundle.StateAsync(id))["annotations"]!["key"]!.GetValue<string>());
        // One that is gone neither.
        File.Delete(bundle["config.json"]);
        (await bundle.CallAsync("delete", "--force", id)).Succeeded();
        Assert.Equal((true, false), (File.Exists(bundle["before"]), File.Exists(bundle["after"])));
    }

    [SkippableFact]
    public async Task CapabilitiesThatCannotBeHadAreWarnedOf()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/process/capabilities", """{"bounding":["CAP_KILL","CAP_NOTHING"],"effective":["CAP_KILL","kill"],"permitted":["CAP_KILL"]}""");
        bundle.Script("echo started");
        const string Warning = "level=warning msg=\"ignoring unknown or unavailable capabilities: CAP_NOTHING kill\"";
        var result = await bundle.CallAsync("run", "--bundle", bundle.Folder, LifeBundle.NewId());
        Assert.Equal((0, "started\n"), (result.ExitCode, result.Output));
        Assert.Contains(Warning, Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

        bundle.Program(LifeBundle.Waiting);
        var id = LifeBundle.NewId();
        Assert.Equal("", (await bundle.CallAsync("--log", bundle["log"], "create", "--bundle", bundle.Folder, id)).Errors);
        (await bundle.CallAsync("start", id)).Succeeded();
        Assert.Contains(Warning, Assert.Single(await File.ReadAllLinesAsync(bundle["log"])), StringComparison.Ordinal);
        Assert.Contains("capabilities: CAP_MORE CAP_NOTHING kill\"", (await bundle.CallAsync("exec", "--cap", "CAP_MORE", id, "/bin/sh", "-c", "true")).Errors, StringComparison.Ordinal);
    }

    // What a container cannot be given without a user namespace of its own, it can in one.
    [SkippableFact]
    public async Task ThoseThatWeLackAreWarnedOfToo()
    {
        using var bundle = await LifeBundle.CreateAsync();
        ToolRunner.Require("setpriv");
        bundle.Set("/process/capabilities", """{"bounding":["CAP_KILL","CAP_SYS_TIME"]}""");
        bundle.Script("echo started");
        var words = (string[])["setpriv", "--bounding-set", "-sys_time", bundle.Runtime, "--root", bundle.Root, "run", "--bundle", bundle.Folder, LifeBundle.NewId()];
        Assert.Contains("capabilities: CAP_SYS_TIME\"", (await bundle.CallInShellAsync("exec \"$@\"", words)).Errors, StringComparison.Ordinal);
        bundle.Set("/linux/namespaces/-", """{"type":"user"}""");
        bundle.Set("/linux/uidMappings", """[{"containerID":0,"hostID":100000,"size":65536}]""");
        bundle.Set("/linux/gidMappings", """[{"containerID":0,"hostID":100000,"size":65536}]""");
        (await ToolRunner.RunAsync("chown", "-R", "100000:100000", bundle["rootfs"])).Succeeded();
        var mapped = await bundle.CallInShellAsync("exec \"$@\"", words);
        Assert.Equal(("started\n", ""), (mapped.Output, mapped.Errors));
    }

    // The specification has it otherwise: what others made stays.
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ACgroupThatWasThereIsUsedAndGoesWithIt(bool isRunc)
    {
        using var bundle = await LifeBundle.CreateAsync(isRunc ? "runc" : null);
        var name = LifeBundle.NewId();
        bundle.Set("/linux/cgroupsPath", $"\"/{name}\"");
        var directory = CgroupHierarchies.Find().All.First(hierarchy => hierarchy.Controllers.Contains("devices") || hierarchy.Version == CgroupVersion.Two).Absolute(name);
        Directory.CreateDirectory(directory);
        var id = await bundle.CreateContainerAsync();
        Directory.CreateDirectory(directory + "/below");
        var pid = (await bundle.StateAsync(id))["pid"]!.ToString();
        Assert.Equal(pid, (await File.ReadAllTextAsync(directory + "/cgroup.procs")).TrimEnd('\n'));
        (await bundle.CallAsync("delete", "--force", id)).Succeeded();
        Assert.False(Directory.Exists(directory));
    }

    // Here too: what create made in the root stays, as engines delete the root anyway.
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MountPointsStayInTheRoot(bool isRunc)
    {
        using var bundle = await LifeBundle.CreateAsync(isRunc ? "runc" : null);
        bundle.Set("/mounts/-", """{"destination":"made/deep","type":"tmpfs","source":"tmpfs"}""");
        bundle.Set("/process/cwd", "\"/work\"");
        bundle.Script("grep -c ' /made/deep ' /proc/self/mountinfo");
        File.CreateSymbolicLink(bundle["rootfs/bin/grep"], "busybox");
        Assert.Equal("1\n", (await bundle.CallAsync("run", "--bundle", bundle.Folder, LifeBundle.NewId())).Succeeded());
        Assert.True(Directory.Exists(bundle["rootfs/made/deep"]));
        Assert.True(Directory.Exists(bundle["rootfs/work"]));
    }

    [SkippableFact]
    public async Task AMountNamespaceCanBeJoined()
    {
        using var bundle = await LifeBundle.CreateAsync();
        ToolRunner.Require("unshare");
        var namespaces = bundle.Spec["linux"]!["namespaces"]!.AsArray();
        namespaces.Single(item => item!["type"]!.GetValue<string>() == "mount")!["path"] = bundle["joined"];
        bundle.Script("readlink /proc/self/ns/mnt; ls /");
        // A bind mount of it below a private one keeps it; a process does too, and is simpler to end.
        var result = await bundle.CallInShellAsync(
            "unshare -m sleep 30 & pid=$!; while [ $(readlink /proc/$pid/ns/mnt) = $(readlink /proc/self/ns/mnt) ]; do sleep 0.02; done; "
            + "ln -s /proc/$pid/ns/mnt joined; readlink /proc/$pid/ns/mnt; \"$@\"; code=$?; kill $pid; exit $code",
            bundle.Runtime, "--root", bundle.Root, "run", "--bundle", bundle.Folder, LifeBundle.NewId());
        var lines = result.Succeeded().Split('\n');
        Assert.Equal(lines[0], lines[1]);
        Assert.DoesNotContain("boot", lines[2..]);
    }

    [SkippableFact]
    public async Task FeaturesNameWhatIsKnown()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var features = JsonNode.Parse((await bundle.CallBareAsync("features")).Succeeded())!;
        // All of 1.2 (features.md, features-linux.md), and nothing null.
        var names = Names(features, "").Where(name => !name.StartsWith("/annotations/", StringComparison.Ordinal));
        Assert.Equal(
            """
            /annotations /hooks /linux /linux/apparmor /linux/apparmor/enabled /linux/capabilities /linux/cgroup /linux/cgroup/rdma /linux/cgroup/systemd
            /linux/cgroup/systemdUser /linux/cgroup/v1 /linux/cgroup/v2 /linux/intelRdt /linux/intelRdt/enabled /linux/mountExtensions
            /linux/mountExtensions/idmap /linux/mountExtensions/idmap/enabled /linux/namespaces /linux/seccomp /linux/seccomp/actions /linux/seccomp/archs
            /linux/seccomp/enabled /linux/seccomp/knownFlags /linux/seccomp/operators /linux/seccomp/supportedFlags /linux/selinux /linux/selinux/enabled
            /mountOptions /ociVersionMax /ociVersionMin /potentiallyUnsafeConfigAnnotations
            """.ReplaceLineEndings(" "),
            string.Join(' ', names.Order(StringComparer.Ordinal)));
        Assert.True(Version.Parse(features["ociVersionMax"]!.GetValue<string>()) >= Version.Parse(features["ociVersionMin"]!.GetValue<string>()));

        foreach (var version in (string[])["ociVersionMin", "ociVersionMax"])
        {
            bundle.Set("/ociVersion", features[version]!.ToJsonString());
            bundle.Script("echo started");
            Assert.Equal("started\n", (await bundle.CallAsync("run", "--bundle", bundle.Folder, LifeBundle.NewId())).Succeeded());
        }

        // Those that this kernel has, which we have ourselves, are all in the bounding set in the end.
        bundle.Set("/process/capabilities", new JsonObject { ["bounding"] = features["linux"]!["capabilities"]!.DeepClone() }.ToJsonString());
        bundle.Script("while read name value; do [ $name = CapBnd: ] && echo $value; done < /proc/self/status; true");
        var own = (await File.ReadAllLinesAsync("/proc/self/status")).Single(line => line.StartsWith("CapBnd:", StringComparison.Ordinal)).Split('\t')[1];
        Assert.Equal(own + "\n", (await bundle.CallAsync("run", "--bundle", bundle.Folder, LifeBundle.NewId())).Output);
    }

    [SkippableFact]
    public async Task APlainUserRaisesTheOomScoreAndDoesNotLowerIt()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var user = PlainUser.Find();
        user.Map(bundle);
        bundle.Script("cat /proc/self/oom_score_adj");
        await user.GiveAsync(bundle);
        var own = int.Parse(await File.ReadAllTextAsync("/proc/self/oom_score_adj"));
        Assert.Equal($"{own}\n", await RunAsync(own - 1));
        Assert.Equal($"{own + 7}\n", await RunAsync(own + 7));

        async Task<string> RunAsync(int score)
        {
            bundle.Set("/process/oomScoreAdj", $"{score}");
            return (await bundle.CallInShellAsync($"exec {user.Prefix} ./runtime --root {bundle.Root} run {LifeBundle.NewId()}")).Succeeded();
        }
    }

    // What is not named in it cannot be opened by it.
    [SkippableFact]
    public async Task TheProgramNamesNoResctrl()
    {
        var program = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(await PublishedRuntime.PathAsync));
        Assert.Contains(Wide("/sys/fs/cgroup"), program, StringComparison.Ordinal);
        Assert.DoesNotContain("resctrl", program, StringComparison.Ordinal);
        Assert.DoesNotContain(Wide("resctrl"), program, StringComparison.Ordinal);

        static string Wide(string text) => string.Concat(text.Select(letter => $"{letter}\0"));
    }

    // Every word of the lists in one profile: whoever does not know one refuses it.
    [SkippableFact]
    public async Task AProfileOfAllThatFeaturesNameIsTaken()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var seccomp = JsonNode.Parse((await bundle.CallBareAsync("features")).Succeeded())!["linux"]!["seccomp"]!;
        var rules = new JsonArray();
        foreach (var action in seccomp["actions"]!.AsArray().Select(action => action!.GetValue<string>()).Where(action => action != "SCMP_ACT_NOTIFY"))
        {
            foreach (var comparison in seccomp["operators"]!.AsArray().Select(comparison => comparison!.GetValue<string>()))
            {
                // A call of the time of a.out, which nothing makes any more.
                rules.Add(JsonNode.Parse($$"""{"names":["uselib"],"action":"{{action}}","args":[{"index":0,"value":{{rules.Count}},"op":"{{comparison}}"}]}"""));
            }
        }

        var profile = new JsonObject { ["defaultAction"] = "SCMP_ACT_ALLOW", ["syscalls"] = rules };
        profile["architectures"] = seccomp["archs"]!.DeepClone();
        profile["flags"] = seccomp["supportedFlags"]!.DeepClone();
        bundle.Set("/linux/seccomp", profile.ToJsonString());
        bundle.Script("echo started");
        Assert.Equal("started\n", (await bundle.CallAsync("run", LifeBundle.NewId())).Succeeded());
        Assert.Equal(8 * 7, rules.Count);

        foreach (var (list, word) in ((string, string)[])[("architectures", "SCMP_ARCH_NONE"), ("flags", "SECCOMP_FILTER_FLAG_NONE")])
        {
            bundle.Set("/linux/seccomp/" + list, $"[\"{word}\"]");
            Assert.Contains(word, (await bundle.CallAsync("run", LifeBundle.NewId())).Errors, StringComparison.Ordinal);
            bundle.Set("/linux/seccomp/" + list, "[]");
        }
    }

    private static IEnumerable<string> Names(JsonNode node, string path) => node is not JsonObject fields ? [] :
        fields.SelectMany(field => field.Value is null ? [$"{path}/{field.Key}=null"] : Names(field.Value, $"{path}/{field.Key}").Prepend($"{path}/{field.Key}"));
}
