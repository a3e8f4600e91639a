using System.Net.Sockets;
using System.Text.Json.Nodes;
using Containerize.Runtime.Tests.LifeCycle;
using Xunit;

namespace Containerize.Runtime.Tests.Seccomp;

/// <summary>Containers whose calls an agent answers: it gets the descriptor with the container process state (config-linux.md).</summary>
public class AnsweringNotifications
{
    private const int QuotaExceeded = 122;

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheAgentIsToldOfTheContainerAndAnswers(bool noNewPrivileges)
    {
        using var agent = new SeccompAgent(QuotaExceeded);
        using var bundle = await CreateAsync(agent, noNewPrivileges);
        bundle.Set("/annotations", """{"key":"value"}""");
        bundle.Script("mkdir /one; while :; do /bin/busybox sleep 1; done");
        var id = await bundle.CreateContainerAsync();
        var pid = (await bundle.StateAsync(id))["pid"]!.GetValue<int>();
        (await bundle.CallAsync("start", id)).Succeeded();
        await LifeBundle.WaitAsync(() => Task.FromResult(agent.States.Count == 1), "no state came");
        var version = bundle.Spec["ociVersion"]!.GetValue<string>();
        Assert.Equal(
            $$$"""
            {"ociVersion":"{{{version}}}","fds":["seccompFd"],"pid":{{{pid}}},"metadata":"told","state":
            {"ociVersion":"{{{version}}}","id":"{{{id}}}","status":"creating","pid":{{{pid}}},"bundle":"{{{bundle.Folder}}}","annotations":{"key":"value"}
            }}
            """.ReplaceLineEndings(""),
            agent.States[0].ToJsonString());
        Assert.Equal(["descriptor"], agent.Log);

        // exec has a filter, a connection and a state of its own.
        var result = await bundle.CallAsync("exec", id, "/bin/busybox", "mkdir", "/two");
        Assert.Equal((1, "mkdir: can't create directory '/two': Disk quota exceeded\n"), (result.ExitCode, result.Errors));
        Assert.Equal(["seccompFd", "running", $"{pid}"], new[] { agent.States[1]["fds"]![0], agent.States[1]["state"]!["status"], agent.States[1]["state"]!["pid"] }.Select(node => node!.ToString()));
        Assert.NotEqual(pid, agent.States[1]["pid"]!.GetValue<int>());
        Assert.Equal(2, agent.States.Count);
    }

    [SkippableFact]
    public async Task ALongStateComesInPartsAndTheDescriptorWithTheFirst()
    {
        using var agent = new SeccompAgent(QuotaExceeded);
        using var bundle = await CreateAsync(agent, noNewPrivileges: true);
        bundle.Set("/annotations", new JsonObject { ["long"] = new string('x', 300_000) }.ToJsonString());
        bundle.Script("mkdir /one");
        var result = await bundle.CallAsync("run", "--bundle", bundle.Folder, LifeBundle.NewId());
        Assert.Equal((1, "mkdir: can't create directory '/one': Disk quota exceeded\n"), (result.ExitCode, result.Errors));
        Assert.Equal(300_000, agent.States[0]["state"]!["annotations"]!["long"]!.GetValue<string>().Length);
        Assert.Equal("descriptor", agent.Log[0]);
        Assert.True(agent.Log.Count > 1);
        Assert.All(agent.Log[1..], line => Assert.Equal("", line));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnAgentThatTakesNothingIsAnError(bool noNewPrivileges)
    {
        using var agent = new SeccompAgent(0);
        using var bundle = await CreateAsync(agent, noNewPrivileges);
        var id = LifeBundle.NewId();
        var result = await bundle.CallAsync("run", "--bundle", bundle.Folder, id);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("loading the seccomp filter", result.Errors, StringComparison.Ordinal);
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableFact]
    public async Task AListenerThatIsNoStreamIsAnError()
    {
        using var agent = new SeccompAgent(QuotaExceeded);
        using var bundle = await CreateAsync(agent, noNewPrivileges: true);
        using var datagrams = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        datagrams.Bind(new UnixDomainSocketEndPoint(bundle["datagrams"]));
        bundle.Set("/linux/seccomp/listenerPath", $"\"{bundle["datagrams"]}\"");
        var result = await bundle.CallAsync("run", "--bundle", bundle.Folder, LifeBundle.NewId());
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("connecting to linux.seccomp.listenerPath", result.Errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task WithoutACallOfTheirsNobodyIsConnectedTo()
    {
        using var agent = new SeccompAgent(QuotaExceeded);
        using var bundle = await CreateAsync(agent, noNewPrivileges: true);
        bundle.Set("/linux/seccomp/listenerPath", "\"/nowhere\"");
        var refused = await bundle.CallAsync("run", "--bundle", bundle.Folder, LifeBundle.NewId());
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("connecting to linux.seccomp.listenerPath /nowhere", refused.Errors, StringComparison.Ordinal);

        bundle.Set("/linux/seccomp/syscalls/0/action", "\"SCMP_ACT_LOG\"");
        bundle.Script("echo started");
        Assert.Equal("started\n", (await bundle.CallAsync("run", "--bundle", bundle.Folder, LifeBundle.NewId())).Succeeded());
    }

    private static async Task<LifeBundle> CreateAsync(SeccompAgent agent, bool noNewPrivileges)
    {
        var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/process/noNewPrivileges", noNewPrivileges ? "true" : "false");
        bundle.Set("/linux/seccomp", $$"""
            {"defaultAction":"SCMP_ACT_ALLOW","listenerPath":"{{agent.Path}}","listenerMetadata":"told","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_NOTIFY"}]}
            """);
        return bundle;
    }
}
