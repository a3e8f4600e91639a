using System.Text.Json.Nodes;
using Containerize.Runtime.Tests.RootFileSystem;
using Xunit;

namespace Containerize.Runtime.Tests.TheProcess;

/// <summary>The same settings of the process given to crun and to us: the second opinion, also on what the runc of the oracles does not know.</summary>
[Collection(Collections.ControllersOfVersion2)]
public class SettingsLikeCrun
{
    private const string Status = """
        while read name value; do
          case $name in Uid:|Gid:|Groups:|Cap*|NoNewPrivs:|SigBlk:|SigIgn:|Seccomp:) echo $name $value;; esac
        done < /proc/self/status
        umask; pwd; id; cat /proc/self/oom_score_adj; ulimit -S -n; ulimit -H -c; cat /proc/self/uid_map
        busybox uname -m; cat /proc/sys/kernel/hostname; busybox tr '\0' '|' < /proc/$$/environ
        """;

    [SkippableTheory]
    [InlineData("/process/user", """{"uid":0,"gid":0}""")]
    [InlineData("/process/user", """{"uid":1000,"gid":1001,"additionalGids":[5,6,70000]}""")]
    [InlineData("/process/user", """{"uid":1000,"gid":1000,"umask":63}""")]
    [InlineData("/process/capabilities", """{"bounding":["CAP_KILL","CAP_NET_RAW"],"effective":["CAP_KILL"],"permitted":["CAP_KILL","CAP_NET_RAW"],"inheritable":["CAP_NET_RAW"],"ambient":["CAP_NET_RAW"]}""")]
    [InlineData("/process/capabilities", """{"bounding":[],"effective":[],"permitted":[]}""")]
    [InlineData("/process/noNewPrivileges", "false")]
    [InlineData("/process/rlimits", """[{"type":"RLIMIT_NOFILE","soft":100,"hard":200},{"type":"RLIMIT_CORE","soft":0,"hard":1024}]""")]
    [InlineData("/process/oomScoreAdj", "500")]
    [InlineData("/process/cwd", "\"/new/deep\"")]
    [InlineData("/process/env", """["PATH=/bin","A=1","EMPTY=","HOME=/somewhere","EQUALS=a=b=c"]""")]
    [InlineData("/linux/personality", """{"domain":"LINUX32"}""")]
    [InlineData("/hostname", "\"other\"")]
    [InlineData("/linux/seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO"}]}""")]
    public async Task TheProgramFindsTheSame(string path, string json)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["root"]!["readonly"] = false;
        var names = path[1..].Split('/');
        var node = names.Length == 1 ? bundle.Spec : bundle.Spec[names[0]]!;
        node[names[^1]] = JsonNode.Parse(json);
        var crun = await bundle.RunWithCrunAsync(Status);
        bundle.RenewRoot();
        var ours = await bundle.RunAsync(Status);
        crun.Succeeded();
        Assert.Equal((crun.ExitCode, crun.Output, crun.Errors), (ours.ExitCode, ours.Output, ours.Errors));
    }
}
