using System.Text.Json.Nodes;
using Containerize.Runtime.Tests.RootFileSystem;
using Xunit;

namespace Containerize.Runtime.Tests.TheProcess;

/// <summary>The same settings of the process given to runc and to us: the program finds the same.</summary>
public class SettingsLikeRunc
{
    private const string Status = """
        while read name value; do
          case $name in Uid:|Gid:|Groups:|Cap*|NoNewPrivs:|SigBlk:|SigIgn:|Seccomp:) echo $name $value;; esac
        done < /proc/self/status
        umask; pwd; id; cat /proc/self/oom_score_adj
        """;

    [SkippableTheory]
    [InlineData("""{}""")]
    [InlineData("""{"uid":1000,"gid":1000}""")]
    [InlineData("""{"uid":1000,"gid":1001,"additionalGids":[5,6,70000]}""")]
    [InlineData("""{"uid":0,"gid":0,"additionalGids":[10]}""")]
    [InlineData("""{"uid":1000,"gid":1000,"umask":0}""")]
    [InlineData("""{"uid":1000,"gid":1000,"umask":63}""")]
    public Task Users(string user) => CompareAsync(Status, process => process["user"] = JsonNode.Parse(user));

    [SkippableTheory]
    [InlineData("""{}""")]
    [InlineData("""{"bounding":["CAP_KILL","CAP_NET_RAW"],"effective":["CAP_KILL"],"permitted":["CAP_KILL","CAP_NET_RAW"]}""")]
    [InlineData("""{"bounding":["CAP_KILL","CAP_NET_RAW"],"effective":["CAP_KILL"],"permitted":["CAP_KILL","CAP_NET_RAW"],"inheritable":["CAP_NET_RAW"],"ambient":["CAP_NET_RAW"]}""")]
    [InlineData("""{"bounding":["CAP_KILL"],"effective":["CAP_NOT_KNOWN"],"permitted":[],"inheritable":[],"ambient":["CAP_KILL"]}""")]
    [InlineData("""{"bounding":[],"effective":[],"permitted":[]}""")]
    public async Task CapabilitySets(string sets)
    {
        await CompareAsync(Status, process => process["capabilities"] = JsonNode.Parse(sets), WithoutWarnings);
        await CompareAsync(Status, process =>
        {
            process["capabilities"] = JsonNode.Parse(sets);
            process["user"] = JsonNode.Parse("""{"uid":1000,"gid":1000}""");
        }, WithoutWarnings);
    }

    [SkippableTheory]
    [InlineData("/new/deep")]
    [InlineData("/")]
    [InlineData("/bin")]
    [InlineData("/bin/../bin/.")]
    [InlineData("/dev/shm")]
    [InlineData("/proc/self")]
    public Task WorkingDirectories(string cwd) => CompareAsync("busybox stat -c '%A %u:%g' .; pwd | busybox sed 's/[0-9][0-9]*/N/'", process => process["cwd"] = cwd);

    [SkippableTheory]
    [InlineData("""["PATH=/bin","A=1","B=2","A=3"]""")]
    [InlineData("""["PATH=/bin","HOME=/somewhere"]""")]
    [InlineData("""["HOME=","PATH=/bin","EMPTY="]""")]
    [InlineData("""["PATH=/nowhere","PATH=/bin","SPACES= a b ","EQUALS=a=b=c","NEWLINE=a\nb","Ü=ß"]""")]
    public Task Variables(string env) => CompareAsync("/bin/busybox tr '\\0' '|' < /proc/$$/environ", process => process["env"] = JsonNode.Parse(env));

    [SkippableTheory]
    [InlineData("root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n", 1000)]
    [InlineData("root:x:0:0::/root:/bin/sh\n", 0)]
    [InlineData("root:x:0:0::/root:/bin/sh\n", 1000)]
    [InlineData("broken\n#comment:x:1000:1000::/comment:\n\nuser:x:1000:1:::\nother:x:1000:1000::/second:/bin/sh", 1000)]
    public Task Homes(string passwd, int user) => CompareAsync("echo $HOME", process => process["user"] = JsonNode.Parse($$"""{"uid":{{user}},"gid":1}"""),
        prepare: bundle => bundle.Write("rootfs/etc/passwd", passwd));

    [SkippableTheory]
    [InlineData("RLIMIT_NOFILE", 256, 512)]
    [InlineData("RLIMIT_NPROC", 1000, 1000)]
    [InlineData("RLIMIT_CORE", 0, 0)]
    [InlineData("RLIMIT_FSIZE", 100, 1000)]
    [InlineData("RLIMIT_STACK", 1 << 20, 1 << 21)]
    [InlineData("RLIMIT_AS", 1 << 26, 1 << 26)]
    [InlineData("RLIMIT_CPU", 10, 20)]
    public Task Limits(string type, long soft, long hard) => CompareAsync("cat /proc/self/limits",
        process => process["rlimits"] = JsonNode.Parse($$"""[{"type":"{{type}}","soft":{{soft}},"hard":{{hard}}}]"""));

    [SkippableTheory]
    [InlineData("oomScoreAdj", "500")]
    [InlineData("noNewPrivileges", "false")]
    public Task OtherSettings(string name, string value) => CompareAsync(Status, process => process[name] = JsonNode.Parse(value));

    [SkippableFact]
    public async Task Names()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["hostname"] = "a-name.example";
        var (ours, runc) = await bundle.RunBothAsync("cat /proc/sys/kernel/hostname; busybox hostname; busybox ifconfig lo; busybox ping -c 1 -q 127.0.0.1 >/dev/null && echo up");
        Assert.Equal(runc, ours);
    }

    private static string WithoutWarnings(string text) => string.Join('\n', text.Split('\n').Where(line => !line.Contains("level=warning", StringComparison.Ordinal)));

    private static async Task CompareAsync(string script, Action<JsonNode> change, Func<string, string>? normalise = null, Action<RootBundle>? prepare = null)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["root"]!["readonly"] = false;
        change(bundle.Spec["process"]!);
        var (ours, runc) = await bundle.RunBothAsync(script, () => prepare?.Invoke(bundle));
        Assert.Equal(normalise?.Invoke(runc) ?? runc, normalise?.Invoke(ours) ?? ours);
    }
}
