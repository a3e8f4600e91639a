using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>Containers that cannot be made: one line says why, and nothing of them is left.</summary>
public class FailingToCreate
{
    [SkippableTheory]
    [InlineData("/process/args", """["/nothing"]""", "exec: \\\"/nothing\\\": no such file or directory")]
    [InlineData("/process/args", """["nothing"]""", "executable file not found in $PATH")]
    [InlineData("/process/args", """["/bin"]""", "permission denied")]
    [InlineData("/process/args", """[]""", "args must not be empty")]
    [InlineData("/process/cwd", "\"/bin/busybox\"", "process.cwd /bin/busybox")]
    [InlineData("/process/cwd", "\"bin\"", "Cwd must be an absolute path")]
    [InlineData("/process/cwd", "\"\"", "Cwd property must not be empty")]
    [InlineData("/process/terminal", "true", "cannot allocate tty")]
    [InlineData("/process/rlimits", """[{"type":"RLIMIT_NONE","soft":1,"hard":1}]""", "RLIMIT_NONE")]
    [InlineData("/process/rlimits", """[{"type":"RLIMIT_NOFILE","soft":10,"hard":1}]""", "RLIMIT_NOFILE")]
    [InlineData("/process/rlimits", """[{"type":"RLIMIT_CORE","soft":1,"hard":1},{"type":"RLIMIT_CORE","soft":1,"hard":1}]""", "RLIMIT_CORE")]
    [InlineData("/process/oomScoreAdj", "2000", "oomScoreAdj")]
    [InlineData("/process/user/uid", "-1", "$.process.user.uid")]
    [InlineData("/process", "", "process property must not be empty")]
    [InlineData("/root", "", "root.path is required")]
    [InlineData("/root/path", "\"nowhere\"", "rootfs (")]
    [InlineData("/ociVersion", "\"2.0.0\"", "2.0.0 is not 1.x")]
    [InlineData("/ociVersion", "\"1.x\"", "is not a version of the specification")]
    [InlineData("/ociVersion", "", "is not a version of the specification")]
    [InlineData("/ociVersion", "\"1.2.x\"", "is not a version of the specification")]
    [InlineData("/ociVersion", "\"1.2\"", "is not a version of the specification")]
    [InlineData("/ociVersion", "\"1.2.0.0\"", "is not a version of the specification")]
    [InlineData("/ociVersion", "\"1.02.0\"", "is not a version of the specification")]
    [InlineData("/ociVersion", "\"1.2.0-\"", "is not a version of the specification")]
    [InlineData("/ociVersion", "\"1.2.0-01\"", "is not a version of the specification")]
    [InlineData("/ociVersion", "\"1.2.0+a_b\"", "is not a version of the specification")]
    [InlineData("/process/execCPUAffinity", """{"final":"all"}""", "\\\"all\\\" is not a list of CPUs")]
    [InlineData("/annotations", """{"":"a"}""", "the name of one is empty")]
    [InlineData("/annotations", """{"a":1}""", "$.annotations")]
    [InlineData("/annotations", """["a"]""", "$.annotations")]
    [InlineData("/linux/personality", """{"domain":"LINUX","flags":["ADDR_NO_RANDOMIZE"]}""", "\\\"ADDR_NO_RANDOMIZE\\\" is no flag")]
    [InlineData("/linux/personality", "{}", "unknown domain")]
    [InlineData("/linux/intelRdt", "{}", "Intel RDT is not supported")]
    [InlineData("/linux/intelRdt", """{"closID":"a","l3CacheSchema":"L3:0=ff"}""", "Intel RDT is not supported")]
    [InlineData("/linux/maskedPaths", """["proc/kcore"]""", "\\\"proc/kcore\\\" is not absolute")]
    [InlineData("/linux/readonlyPaths", """["proc/sys"]""", "\\\"proc/sys\\\" is not absolute")]
    [InlineData("/linux/devices", """[{"type":"c","major":1,"minor":3}]""", "linux.devices")]
    [InlineData("/linux/devices", """[{"path":"/dev/x","major":1,"minor":3}]""", "/dev/x")]
    [InlineData("/linux/seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","defaultErrnoRet":1}""", "SCMP_ACT_ALLOW has the error number 1")]
    [InlineData("/linux/seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","listenerMetadata":"x"}""", "it has listenerMetadata")]
    [InlineData("/linux/seccomp", """{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"action":"SCMP_ACT_LOG"}]}""", "a rule has no names")]
    [InlineData("/linux/resources/rdma", """{"mlx5_1":{}}""", "limits nothing of mlx5_1")]
    [InlineData("/linux/resources/cpu", """{"quota":10000,"period":100000,"burst":20000}""", ": invalid argument")]
    [InlineData("/linux/resources/hugepageLimits", """[{"limit":4194304}]""", "hugetlb")]
    [InlineData("/linux/namespaces/1/path", "\"proc/self/ns/net\"", "the path proc/self/ns/net is not absolute")]
    [InlineData("/linux/namespaces", """[{"type":"pid"}]""", "there is no mount namespace")]
    [InlineData("/mounts/-", """{"type":"tmpfs","source":"tmpfs"}""", "a mount has no destination")]
    [InlineData("/mounts/-", """{"destination":"/x","type":"tmpfs","source":"x","uidMappings":[{"containerID":0,"hostID":1,"size":1}],"gidMappings":[{"containerID":0,"hostID":1,"size":1}]}""", "only bind mounts can be idmapped")]
    [InlineData("/mounts/-", """{"destination":"/x","type":"bind","source":"/tmp","options":["bind"],"uidMappings":[{"containerID":0,"hostID":1,"size":1}]}""", "it has only one of uidMappings and gidMappings")]
    [InlineData("/mounts/-", """{"destination":"/x","type":"bind","source":"rootfs/bin","options":["bind","idmap"]}""", "idmapped")]
    [InlineData("/linux/namespaces/-", """{"type":"pid"}""", "duplicated ns pid")]
    [InlineData("/linux/namespaces/-", """{"type":"other"}""", "namespace \\\"other\\\" does not exist")]
    [InlineData("/linux/namespaces/1/path", "\"/nothing\"", "opening the network namespace /nothing")]
    [InlineData("/linux/namespaces/1/path", "\"/proc/self/ns/uts\"", "setns network /proc/self/ns/uts")]
    [InlineData("/linux/namespaces/1/path", "\"/etc/passwd\"", "setns network /etc/passwd")]
    [InlineData("/linux/sysctl", """{"vm.swappiness":"1"}""", "vm.swappiness")]
    [InlineData("/linux/resources/memory", """{"limit":-5}""", "memory")]
    [InlineData("/hostname", "\"0123456789012345678901234567890123456789012345678901234567890123456789\"", "setting the host name")]
    [InlineData("/mounts/-", """{"destination":"/x","type":"nothing","source":"x"}""", "mounting nothing at /x")]
    [InlineData("/mounts/-", """{"destination":"/x","type":"bind","source":"/nothing","options":["bind"]}""", "/nothing")]
    [InlineData("/hooks", """{"prestart":[{"path":"/bin/false"}]}""", "error running hook prestart #0, /bin/false: exit status 1")]
    [InlineData("/hooks", """{"createRuntime":[{"path":"/bin/true"},{"path":"/bin/false"}]}""", "error running hook createRuntime #1, /bin/false: exit status 1")]
    [InlineData("/hooks", """{"createContainer":[{"path":"/bin/sh","args":["sh","-c","echo one; echo two >&2; exit 3"]}]}""", "exit status 3, output: one two")]
    [InlineData("/hooks", """{"createRuntime":[{"path":"/nothing"}]}""", "createRuntime #0, /nothing")]
    [InlineData("/hooks", """{"createRuntime":[{"path":"bin/true"}]}""", "its path is not absolute")]
    [InlineData("/hooks", """{"createRuntime":[{"path":"/bin/true","timeout":-1}]}""", "is not above zero")]
    [InlineData("/hooks", """{"createRuntime":[{"path":"/bin/true","timeout":0}]}""", "is not above zero")]
    [InlineData("/hooks", """{"createRuntime":[{"path":"/bin/sleep","args":["sleep","60"],"timeout":1}]}""", "hook ran past specified timeout of 1s")]
    public async Task NothingIsLeft(string path, string json, string says)
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set(path, json);
        await AssertFailsAsync(bundle, says, "--bundle", bundle.Folder);
    }

    [SkippableTheory]
    [InlineData("{", "not valid JSON")]
    [InlineData("", "not valid JSON")]
    [InlineData("null", "not valid JSON of its kind: $ at line 1: an object is expected")]
    [InlineData("[]", "not valid JSON of its kind")]
    public async Task AConfigurationThatIsNone(string text, string says)
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Write("config.json", text);
        await AssertFailsAsync(bundle, says, "--bundle", bundle.Folder);
    }

    [SkippableFact]
    public async Task ABundleThatIsNone()
    {
        using var bundle = await LifeBundle.CreateAsync();
        await AssertFailsAsync(bundle, "reading the bundle /nowhere", "--bundle", "/nowhere");
        await AssertFailsAsync(bundle, "reading the bundle /etc/passwd", "--bundle", "/etc/passwd");
        await AssertFailsAsync(bundle, "config.json not found", "--bundle", bundle["rootfs"]);
        Directory.CreateDirectory(bundle["rootfs/config.json"]);
        await AssertFailsAsync(bundle, "reading the bundle", "--bundle", bundle["rootfs"]);
    }

    [SkippableFact]
    public async Task OptionsThatCannotBeMet()
    {
        using var bundle = await LifeBundle.CreateAsync();
        await AssertFailsAsync(bundle, "writing the pid file /nowhere/pid", "--bundle", bundle.Folder, "--pid-file", "/nowhere/pid");
        await AssertFailsAsync(bundle, "cannot use console socket", "--bundle", bundle.Folder, "--console-socket", "/nowhere");
        await AssertFailsAsync(bundle, "descriptor 3 is not open", "--bundle", bundle.Folder, "--preserve-fds", "1");
        await AssertFailsAsync(bundle, "--preserve-fds -1 is not", "--bundle", bundle.Folder, "--preserve-fds=-1");
        bundle.Set("/process/terminal", "true");
        await AssertFailsAsync(bundle, "/nowhere", "--bundle", bundle.Folder, "--console-socket", "/nowhere");
    }

    [SkippableFact]
    public async Task RunAndItsStartContainerHooks()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/hooks", """{"startContainer":[{"path":"/bin/busybox","args":["false"]}]}""");
        var id = LifeBundle.NewId();
        var result = await bundle.CallAsync("run", "--bundle", bundle.Folder, id);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error running hook startContainer #0, /bin/busybox: exit status 1", OneLine(result), StringComparison.Ordinal);
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    private static async Task AssertFailsAsync(LifeBundle bundle, string says, params string[] options)
    {
        var id = LifeBundle.NewId();
        var result = await bundle.CallAsync(["create", .. options, id]);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains(says, OneLine(result), StringComparison.Ordinal);
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    private static string OneLine(ToolRunner.Result result) => Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
}
