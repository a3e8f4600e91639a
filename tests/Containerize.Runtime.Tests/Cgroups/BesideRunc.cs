using System.Text.Json;
using System.Text.Json.Nodes;
using Containerize.Runtime.Cgroups;
using Containerize.Runtime.Tests.Documents;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

/// <summary>The same configuration made by runc and by us must leave the same files, on the version that the host has.</summary>
[Collection(Collections.ControllersOfVersion2)]
public class BesideRunc
{
    private static readonly string[] Settings =
    [
        "cpu.cfs_burst_us", "cpu.cfs_period_us", "cpu.cfs_quota_us", "cpu.idle", "cpu.rt_period_us", "cpu.rt_runtime_us", "cpu.shares",
        "cpuset.cpu_exclusive", "cpuset.cpus", "cpuset.mems", "devices.list", "freezer.state", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes",
        "memory.oom_control", "memory.soft_limit_in_bytes", "memory.swappiness", "memory.use_hierarchy", "pids.max", "blkio.bfq.weight", "blkio.weight", "blkio.throttle.read_bps_device",
        "memory.max", "memory.low", "memory.high", "memory.swap.max", "cpu.max", "cpu.weight", "io.weight", "io.max", "hugetlb.2MB.max",
        "cgroup.type", "cgroup.freeze", "cgroup.controllers", "cgroup.subtree_control", "rdma.max", "blkio.throttle.read_iops_device", "blkio.throttle.write_bps_device", "blkio.throttle.write_iops_device", "notify_on_release",
    ];

    [SkippableTheory]
    [InlineData("""{}""")]
    [InlineData("""{"devices":[{"allow":false,"access":"rwm"}]}""")]
    [InlineData("""{"devices":[{"allow":true,"access":"rwm"}]}""")]
    [InlineData("""{"devices":[{"allow":true,"access":"rwm"},{"allow":false,"type":"b","major":7,"minor":1,"access":"w"}]}""")]
    [InlineData("""
        {"devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"b","major":7,"minor":1,"access":"r"},{"allow":true,"type":"c","major":10,"access":"rw"},
        {"allow":true,"type":"b","major":7,"minor":1,"access":"wm"},{"allow":false,"type":"b","major":7,"minor":1,"access":"m"}]}
        """)]
    [InlineData("""{"devices":[{"allow":true,"access":"rwm"},{"type":"b","major":7,"minor":1,"access":"rwm"}]}""")]
    [InlineData("""{"blockIO":{"throttleReadBpsDevice":[{"major":7,"minor":0}]},"pids":{}}""")]
    [InlineData("""{"memory":{"limit":67108864},"pids":{"limit":20}}""")]
    [InlineData("""{"memory":{"limit":67108864,"swap":134217728,"reservation":33554432,"swappiness":0,"disableOOMKiller":true}}""")]
    [InlineData("""{"memory":{"limit":-1},"pids":{"limit":-1},"cpu":{"quota":-1}}""")]
    [InlineData("""{"memory":{"limit":67108864,"swap":-1,"kernel":1000000}}""")]
    [InlineData("""{"cpu":{"shares":2,"quota":20000,"period":50000,"cpus":"0","mems":"0"}}""")]
    [InlineData("""{"cpu":{"period":1000}}""")]
    [InlineData("""{"cpu":{"shares":262144,"quota":1000000}}""")]
    [InlineData("""{"cpu":{"quota":20000,"period":1000000}}""")]
    [InlineData("""{"blockIO":{"weight":500}}""")]
    [InlineData("""{"network":{"priorities":[]},"hugepageLimits":[],"unified":{}}""")]
    public async Task CreatingLeavesTheSameFiles(string resources)
    {
        ToolRunner.Require("runc");
        ToolRunner.Require("busybox");
        var json = JsonNode.Parse(resources)!;
        var spec = JsonSerializer.Deserialize(json.ToJsonString(), RuntimeJson.Default.ResourcesSpec)!;
        using var ours = RealCgroup.OnVersion1(spec);
        ours.Cgroup.Apply(spec, DevicePolicy.Of(spec.Devices), rootless: false);
        ours.Cgroup.ApplyProcessLimit(spec);

        using var container = await RuncContainer.CreateAsync(json);
        Assert.Equal(Read(container.Paths), Read(ours.Cgroup.Paths));
        Assert.Equal(container.Paths.Keys.Order(StringComparer.Ordinal), ours.Cgroup.Paths.Keys.Order(StringComparer.Ordinal));
    }

    // runc's weights for shares are those of the straight line until its version 1.3.2, so shares are left out.
    [SkippableTheory]
    [InlineData("""{}""")]
    [InlineData("""{"memory":{"limit":67108864},"pids":{"limit":20}}""")]
    [InlineData("""{"memory":{"limit":67108864,"swap":134217728,"reservation":33554432,"swappiness":0,"disableOOMKiller":true}}""")]
    [InlineData("""{"memory":{"limit":67108864,"swap":67108864}}""")]
    [InlineData("""{"memory":{"limit":-1},"pids":{"limit":-1},"cpu":{"quota":-1}}""")]
    [InlineData("""{"memory":{"limit":67108864,"swap":-1,"kernel":1000000}}""")]
    [InlineData("""{"cpu":{"quota":20000,"period":50000,"cpus":"0","mems":"0"}}""")]
    [InlineData("""{"cpu":{"period":1000},"blockIO":{"weight":500},"hugepageLimits":[{"pageSize":"2MB","limit":4194304}]}""")]
    [InlineData("""{"unified":{"memory.high":"33554432","pids.max":"77","cpu.weight":"17"},"network":{"classID":5}}""")]
    public async Task CreatingOnVersion2LeavesTheSameFiles(string resources)
    {
        ToolRunner.Require("runc");
        ToolRunner.Require("busybox");
        Skip.IfNot(CgroupHierarchies.Find().IsUnified, "runc uses version 2 only where there is no version 1");
        var json = JsonNode.Parse(resources)!;
        var spec = JsonSerializer.Deserialize(json.ToJsonString(), RuntimeJson.Default.ResourcesSpec)!;
        using var ours = RealCgroup.OnVersion2(spec);
        ours.Cgroup.Apply(spec, DevicePolicy.Of(spec.Devices), rootless: false);
        ours.Cgroup.ApplyProcessLimit(spec);

        using var container = await RuncContainer.CreateAsync(json);
        Assert.Equal(Read(container.Paths), Read(ours.Cgroup.Paths));
        Assert.Equal(container.Paths.Keys, ours.Cgroup.Paths.Keys);
    }

    [SkippableTheory]
    [InlineData("""{"unified":{"memory.high":"1"}}""")]
    [InlineData("""{"memory":{"swappiness":101}}""")]
    [InlineData("""{"memory":{"limit":200000000,"swap":100000000}}""")]
    [InlineData("""{"cpu":{"shares":1}}""")]
    [InlineData("""{"cpu":{"shares":262145}}""")]
    [InlineData("""{"cpu":{"quota":10}}""")]
    [InlineData("""{"cpu":{"cpus":"7777"}}""")]
    [InlineData("""{"hugepageLimits":[{"pageSize":"2MB","limit":4194304}]}""")]
    [InlineData("""{"devices":[{"allow":true,"type":"b","major":7,"access":"rw"},{"allow":false,"type":"b","major":7,"minor":1,"access":"w"}]}""")]
    [InlineData("""{"devices":[{"allow":true,"type":"b","major":7,"access":""}]}""")]
    [InlineData("""{"blockIO":{"weight":1001}}""")]
    [InlineData("""{"rdma":{"x":{"hcaHandles":3}}}""")]
    public async Task WhatIsRefusedIsRefusedByBoth(string resources)
    {
        ToolRunner.Require("runc");
        ToolRunner.Require("busybox");
        var json = JsonNode.Parse(resources)!;
        var spec = JsonSerializer.Deserialize(json.ToJsonString(), RuntimeJson.Default.ResourcesSpec)!;
        Assert.Throws<ContainerizeException>(() =>
        {
            using var ours = RealCgroup.OnVersion1(spec);
            ours.Cgroup.Apply(spec, DevicePolicy.Of(spec.Devices), rootless: false);
            ours.Cgroup.ApplyProcessLimit(spec);
        });
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            using var container = await RuncContainer.CreateAsync(json);
        });
    }

    private static string Read(IReadOnlyDictionary<string, string> paths) => string.Join('\n',
        from path in paths.Values.Distinct()
        from name in Settings
        where File.Exists($"{path}/{name}")
        let text = File.ReadAllText($"{path}/{name}").TrimEnd('\n')
        // The order is that in which exceptions were written.
        orderby name
        select $"{name}: {string.Join(", ", name == "devices.list" ? text.Split('\n').Order(StringComparer.Ordinal) : text.Split('\n'))}");
}
