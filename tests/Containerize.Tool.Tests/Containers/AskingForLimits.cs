using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>What options say in the runtime's configuration; what they cannot say.</summary>
public sealed partial class AskingForLimits(LocalMachine machine) : IClassFixture<LocalMachine>
{
    [SkippableTheory]
    [InlineData("--memory 256m --memory-swap 1g --memory-reservation 128m", "linux/resources/memory", """{"limit":268435456,"reservation":134217728,"swap":1073741824}""")]
    [InlineData("-m 1g --memory-swap=-1 --memory-swappiness 10", "linux/resources/memory", """{"limit":1073741824,"swap":-1,"swappiness":10}""")]
    [InlineData("--cpus 0.5", "linux/resources/cpu", """{"quota":50000,"period":100000}""")]
    [InlineData("--cpus 0", "linux/resources/cpu", null)]
    [InlineData("-c 512 --cpuset-cpus 0 --cpuset-mems 0", "linux/resources/cpu", """{"shares":512,"cpus":"0","mems":"0"}""")]
    [InlineData("--cpu-period 50000 --cpu-quota 25000", "linux/resources/cpu", """{"quota":25000,"period":50000}""")]
    [InlineData("--pids-limit 100", "linux/resources/pids", """{"limit":100}""")]
    [InlineData("--pids-limit -1", "linux/resources/pids", """{"limit":-1}""")]
    [InlineData("--blkio-weight 500", "linux/resources/blockIO", """{"weight":500}""")]
    [InlineData("--ulimit nofile=1024:2048 --ulimit core=-1", "process/rlimits", """[{"type":"RLIMIT_NOFILE","soft":1024,"hard":2048},{"type":"RLIMIT_CORE","soft":18446744073709551615,"hard":18446744073709551615}]""")]
    [InlineData("--oom-score-adj 500", "process/oomScoreAdj", "500")]
    [InlineData("--security-opt no-new-privileges", "process/noNewPrivileges", "true")]
    [InlineData("--security-opt no-new-privileges:false", "process/noNewPrivileges", "false")]
    [InlineData("--security-opt seccomp=unconfined", "linux/seccomp", null)]
    [InlineData("--security-opt label=disable --security-opt systempaths=unconfined", "linux/maskedPaths", null)]
    [InlineData("--privileged", "linux/seccomp", null)]
    [InlineData("--cap-drop ALL --cap-add NET_BIND_SERVICE", "process/capabilities/bounding", """["CAP_NET_BIND_SERVICE"]""")]
    [InlineData("--cap-add sys_admin --cap-drop ALL", "process/capabilities/effective", """["CAP_SYS_ADMIN"]""")]
    [InlineData("-u 1000:2000 --group-add 3000 --group-add more", "process/user", """{"uid":1000,"gid":2000,"additionalGids":[1700,3000]}""")]
    [InlineData("--sysctl net.ipv4.ip_forward=1", "linux/sysctl", """{"net.ipv4.ip_forward":"1"}""")]
    [InlineData("--cgroup-parent /below/this", "linux/cgroupsPath", "\"/below/this/ID\"")]
    [InlineData("--entrypoint= -w rel", "process/cwd", "\"/rel\"")]
    [InlineData("--entrypoint= -m 64m", "process/args", """["true"]""")]
    [InlineData("--entrypoint '' -m 64m", "process/args", """["true"]""")]
    [InlineData("--entrypoint cat", "process/args", """["cat","true"]""")]
    [InlineData("--init", "process/args", """["/sbin/containerize-init","--","true"]""")]
    [InlineData("--device-cgroup-rule 'c 42:* rwm'", "linux/resources/devices/1", """{"allow":true,"type":"c","major":42,"access":"rwm"}""")]
    public async Task TheConfigurationHasIt(string options, string path, string? expected)
    {
        LocalMachine.Require();
        var (id, specification) = await CreateAsync(options);
        JsonNode? node = specification;
        foreach (var name in path.Split('/'))
        {
            node = node is JsonArray array ? array[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : node?[name];
        }

        Assert.Equal(expected, node?.ToJsonString().Replace(id, "ID", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("--tmpfs /a", "/a tmpfs noexec,nosuid,nodev,mode=1777")]
    [InlineData("--tmpfs /a:rw,size=1m,mode=700,exec", "/a tmpfs nosuid,nodev,size=1m,mode=700")]
    [InlineData("--tmpfs /a:ro", "/a tmpfs noexec,nosuid,nodev,ro,mode=1777")]
    [InlineData("-v SOURCE:/a:ro,rslave", "/a SOURCE rbind,rslave,ro")]
    [InlineData("-v SOURCE:/a:z,cached", "/a SOURCE rbind,rprivate")]
    [InlineData("--mount type=bind,src=SOURCE,dst=/a,readonly", "/a SOURCE rbind,rprivate,ro")]
    [InlineData("--mount type=bind,source=SOURCE,target=/a,bind-propagation=shared,bind-recursive=disabled,ro=false", "/a SOURCE bind,shared")]
    [InlineData("--mount type=tmpfs,destination=/a,tmpfs-size=1m,tmpfs-mode=0700", "/a tmpfs noexec,nosuid,nodev,size=1048576,mode=0700")]
    [InlineData("--mount '\"type=bind\",\"source=SOURCE\",target=/a'", "/a SOURCE rbind,rprivate")]
    public async Task AMountHasItsOptions(string options, string expected)
    {
        LocalMachine.Require();
        var source = Path.GetDirectoryName(machine.Write("mounted/file", "text"))!;
        var (_, specification) = await CreateAsync(options.Replace("SOURCE", source, StringComparison.Ordinal));
        var mount = specification["mounts"]!.AsArray().Single(m => (string?)m!["destination"] == "/a")!;
        var words = string.Join(',', mount["options"]!.AsArray().Select(o => (string?)o));
        Assert.Equal(expected, $"{mount["destination"]} {mount["source"]} {words}".Replace(source, "SOURCE", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("--memory much", "it is not a size")]
    [InlineData("--memory-swap 1g", "it is memory and swap together, and no memory is given")]
    [InlineData("--memory 2g --memory-swap 1g", "it is less than the memory")]
    [InlineData("--cpus many", "it is not a number of processors")]
    [InlineData("--blkio-weight 5", "it is not from 10 to 1000")]
    [InlineData("--oom-score-adj 2000", "it is not from -1000 to 1000")]
    [InlineData("--ulimit nofile=9:5", "the soft limit is above the hard one")]
    [InlineData("--ulimit files=1", "it is not a limit")]
    [InlineData("--device-read-bps /dev/null:1mb", "it is not a disk")]
    [InlineData("--device-write-iops sda:1", "it is not a device and a number")]
    [InlineData("--device /dev/nosuch", "it does not exist")]
    [InlineData("--device-cgroup-rule nonsense", "reading --device-cgroup-rule")]
    [InlineData("--cap-add NOSUCH", "there is no such capability")]
    [InlineData("--security-opt no-new-privileges=perhaps", "it is not one")]
    [InlineData("--security-opt seccomp=/nosuch.json", "Could not find file")]
    [InlineData("--userns keep-id", "a container has no user namespace of its own here")]
    [InlineData("--pid container:nosuch", "there is none of that name or id")]
    [InlineData("--volumes-from nosuch", "there is none of that name or id")]
    [InlineData("--mount type=bind,target=/a", "a bind has a source")]
    [InlineData("--mount type=bind,source=/nosuch/place,target=/a", "it does not exist on the host")]
    [InlineData("--mount type=tmpfs,source=/x,target=/a", "a tmpfs has no source")]
    [InlineData("--mount type=bind,source=/,target=a", "the path in the container is absolute")]
    [InlineData("--mount type=bind,source=/,target=/a,ro=perhaps", "neither true nor false")]
    [InlineData("-v /:/a:strange", "'strange' is not an option of it")]
    [InlineData("--env-file /nosuch", "Could not find file")]
    [InlineData("-e =x", "it has no name")]
    [InlineData("--stop-signal NOSUCH", "there is no such signal")]
    [InlineData("--restart perhaps", "it is not a policy")]
    [InlineData("--restart always --rm", "what goes away when it ends cannot be started again")]
    [InlineData("--health-interval soon", "reading")]
    [InlineData("-u nobody-here", "has none of that name")]
    public async Task WhatCannotBeIsRefusedAndLeavesNothing(string options, string why)
    {
        LocalMachine.Require();
        var result = await RunAsync("run", options);
        Assert.Equal(125, result.Code);
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("CTZ9001", result.Error, StringComparison.Ordinal);
        Assert.Equal("", (await TypeAsync("ps", "-aq")).Output);
    }

    [SkippableFact]
    public async Task TheImagesVolumeMayBeAskedForToo()
    {
        LocalMachine.Require();
        var (_, specification) = await CreateAsync("-v /kept");
        Assert.Single(specification["mounts"]!.AsArray(), m => (string?)m!["destination"] == "/kept");
    }

    [SkippableFact]
    public async Task InspectShowsThem()
    {
        LocalMachine.Require();
        var id = (await RunAsync("create", "--memory 64m --memory-swap 96m --cpus 1.5 --pids-limit 9 --read-only --name limited")).Output.Trim();
        const string Shape = "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}} {{.HostConfig.ReadonlyRootfs}}";
        Assert.Equal("67108864 100663296 1500000000 9 true\n", (await TypeAsync("inspect", "-f", Shape, id)).Output);
        var absent = await TypeAsync("inspect", "-f", "{{.HostConfig.Absent.Field}}", id);
        Assert.Equal((1, true), (absent.Code, absent.Error.StartsWith("error CTZ5020: reading --format {{.HostConfig.Absent.Field}}: there is no field 'Absent'.", StringComparison.Ordinal)));
        await TypeAsync("rm", id);
    }

    [SkippableFact]
    public async Task FilesOfVariablesAreReadAsDockerDoes()
    {
        LocalMachine.Require();
        var file = machine.Write("variables", "# a remark\n\n  \nA=1\r\n  B=with spaces # and no remark\nC=a=b\nHOME_OF_NOBODY\nE=\nA=2\n");
        var labels = machine.Write("labels", "# a remark\none=1\nalone\n");
        var (_, specification) = await CreateAsync($"--env-file {file} -e C=over -l two=2 --label-file {labels} --name labelled");
        var variables = specification["process"]!["env"]!.AsArray().Select(v => (string?)v).Where(v => v is not null && v.Length > 1 && v[1] is '=' || v!.Contains("NOBODY", StringComparison.Ordinal));
        Assert.Equal(["A=2", "B=with spaces # and no remark", "C=over", "E="], variables);
    }

    private async Task<(string Id, JsonNode Specification)> CreateAsync(string options)
    {
        var made = await RunAsync("create", options);
        Assert.Equal(("", 0), (made.Error, made.Code));
        var id = made.Output.Trim();
        var specification = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(machine.Root, "data", "containers", id, "config.json")))!;
        Assert.Equal(0, (await TypeAsync("rm", id)).Code);
        return (id, specification);
    }

    private Task<Outcome> RunAsync(string command, string options) =>
        TypeAsync([command, .. Words().Matches(options).Select(m => m.Value.Trim('\'')), LocalMachine.Image, "true"]);

    private async Task<Outcome> TypeAsync(params string[] words)
    {
        using var shell = new Shell(machine.Root) { Variables = { ["CONTAINERIZE_RUNTIME"] = LocalMachine.Runtime()! } };
        return await shell.RunAsync(words);
    }

    [GeneratedRegex("'[^']*'|[^' ]+")]
    private static partial Regex Words();
}
