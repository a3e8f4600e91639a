using System.Text.Json.Nodes;
using Containerize.Runtime.Tests.RootFileSystem;
using Xunit;

namespace Containerize.Runtime.Tests.TheProcess;

/// <summary>Settings that the oldest runc among the oracles does not know: what the kernel says of the process.</summary>
public class SettingsOfTheKernel
{
    [SkippableTheory]
    [InlineData("""{"policy":"SCHED_BATCH","nice":5}""", "3 5")]
    [InlineData("""{"policy":"SCHED_IDLE"}""", "5 0")]
    [InlineData("""{"policy":"SCHED_OTHER","nice":19}""", "0 19")]
    public async Task TheSchedulerIsSet(string scheduler, string expected)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["process"]!["scheduler"] = JsonNode.Parse(scheduler);
        // The fields of stat: nice is the 19th, the policy the 41st.
        Assert.Equal(expected + "\n", (await bundle.RunAsync("set -- $(cat /proc/self/stat); echo ${41} ${19}")).Succeeded());
    }

    [SkippableTheory]
    [InlineData("""{"class":"IOPRIO_CLASS_IDLE","priority":0}""", "idle")]
    [InlineData("""{"class":"IOPRIO_CLASS_BE","priority":6}""", "best-effort: prio 6")]
    public async Task ThePriorityOfInputAndOutputIsSet(string priority, string expected)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["process"]!["ioPriority"] = JsonNode.Parse(priority);
        Assert.StartsWith(expected, (await bundle.RunAsync("busybox ionice")).Succeeded());
    }

    [SkippableTheory]
    [InlineData("LINUX", "x86_64")]
    [InlineData("LINUX32", "i686")]
    public async Task TheExecutionDomainIsSet(string domain, string expected)
    {
        Skip.IfNot(System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64, "names of x86-64");
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["linux"]!["personality"] = new JsonObject { ["domain"] = domain };
        Assert.Equal(expected + "\n", (await bundle.RunAsync("busybox uname -m")).Succeeded());
    }

    [SkippableFact]
    public async Task TheDomainNameIsSet()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["domainname"] = "example.org";
        Assert.Equal("example.org\n", (await bundle.RunAsync("cat /proc/sys/kernel/domainname")).Succeeded());
    }

    [SkippableTheory]
    [InlineData("process", "scheduler", """{"policy":"SCHED_UNKNOWN"}""", "unknown policy SCHED_UNKNOWN")]
    [InlineData("process", "ioPriority", """{"class":"IOPRIO_CLASS_NONE","priority":0}""", "unknown class IOPRIO_CLASS_NONE")]
    [InlineData("linux", "personality", """{"domain":"BSD"}""", "unknown domain BSD")]
    [InlineData("process", "apparmorProfile", "\"nothing-of-this-name\"", "setting the AppArmor profile nothing-of-this-name")]
    [InlineData("process", "selinuxLabel", "\"nothing:of:this:name\"", "setting the SELinux label nothing:of:this:name")]
    [InlineData("process", "oomScoreAdj", "1001", "is not from -1000 to 1000")]
    [InlineData("process", "rlimits", """[{"type":"RLIMIT_NOTHING","soft":1,"hard":1}]""", "invalid rlimit type: RLIMIT_NOTHING")]
    [InlineData("process", "rlimits", """[{"type":"RLIMIT_CORE","soft":1,"hard":1},{"type":"RLIMIT_CORE","soft":2,"hard":2}]""", "RLIMIT_CORE is given twice")]
    [InlineData("process", "rlimits", """[{"type":"RLIMIT_CORE","soft":2,"hard":1}]""", "setting RLIMIT_CORE to 2:1")]
    [InlineData("process", "user", """{"uid":4294967295,"gid":0}""", "is no user or group")]
    [InlineData("process", "user", """{"uid":0,"gid":4294967295}""", "is no user or group")]
    [InlineData("process", "env", """["A"]""", "invalid environment variable")]
    [InlineData("process", "env", """["=A"]""", "invalid environment variable")]
    public async Task WhatCannotBeIsRefused(string section, string name, string value, string expected)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec[section]![name] = JsonNode.Parse(value);
        var result = await bundle.RunAsync("echo started");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains(expected, result.Errors);
    }

    // A table of descriptors so small that the runtime itself has hardly room.
    [SkippableTheory]
    [InlineData("RLIMIT_NOFILE", 4)]
    [InlineData("RLIMIT_AS", 16_000_000)]
    [InlineData("RLIMIT_DATA", 8_000_000)]
    [InlineData("RLIMIT_FSIZE", 0)]
    [InlineData("RLIMIT_NPROC", 1)]
    [InlineData("RLIMIT_MEMLOCK", 0)]
    public async Task SmallLimitsDoNotKeepItFromStarting(string type, long limit)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["process"]!["rlimits"] = JsonNode.Parse($$"""[{"type":"{{type}}","soft":{{limit}},"hard":{{limit}}}]""");
        bundle.Spec["process"]!["user"] = JsonNode.Parse("""{"uid":54321,"gid":54321}""");
        Assert.Equal("started\n", (await bundle.RunAsync("echo started")).Succeeded());
    }
}
