using System.Text.Json.Nodes;
using Containerize.Runtime.Steps;
using Containerize.Runtime.Tests.LifeCycle;
using Xunit;

namespace Containerize.Runtime.Tests.TheProcess;

/// <summary>process.execCPUAffinity: the CPUs of a process of `exec`.</summary>
public class ChoosingCpus
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("0", "1")]
    [InlineData("0-3,7", "8F")]
    [InlineData("7, 0-3,", "8F")]
    [InlineData("63-64,130", "8000000000000000 1 4")]
    public void AListIsAMask(string? list, string mask) =>
        Assert.Equal(mask, string.Join(' ', CpuAffinity.Parse(list).Select(word => word.ToString("X"))));

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1-")]
    [InlineData("3-1")]
    [InlineData("1-2-3")]
    [InlineData(" ")]
    [InlineData(",")]
    [InlineData("65536")]
    [InlineData("0-99999999999")]
    public void WhatIsNoListIsRefused(string list) =>
        Assert.Equal($"reading process.execCPUAffinity: \"{list}\" is not a list of CPUs. Write numbers and ranges, as 0-3,7.", Assert.Throws<ContainerizeException>(() => CpuAffinity.Parse(list)).Message);

    [SkippableFact]
    public async Task ExecRunsOnThoseAndTheFirstProcessOnAll()
    {
        Skip.If(Environment.ProcessorCount < 2, "one CPU is all there is");
        using var bundle = await LifeBundle.CreateAsync();
        File.CreateSymbolicLink(bundle["rootfs/bin/grep"], "busybox");
        bundle.Set("/process/execCPUAffinity", """{"initial":"0","final":"1"}""");
        var id = await bundle.StartContainerAsync();
        var all = await CpusAsync(bundle, id, "/bin/sh", "-c", "grep Cpus_allowed_list /proc/1/status");
        Assert.NotEqual("1", all);
        Assert.Equal("1", await CpusAsync(bundle, id, "/bin/grep", "Cpus_allowed_list", "/proc/self/status"));

        var process = bundle.Spec["process"]!.DeepClone();
        process["args"] = new JsonArray("/bin/grep", "Cpus_allowed_list", "/proc/self/status");
        foreach (var (affinity, expected) in new[] { ("""{"final":"0"}""", "0"), ("""{"initial":"0-1","final":"0-1"}""", "0-1"), ("{}", all) })
        {
            process["execCPUAffinity"] = JsonNode.Parse(affinity);
            bundle.Write("process.json", process.ToJsonString());
            Assert.Equal(expected, await CpusAsync(bundle, "--process", bundle["process.json"], id));
        }

        foreach (var (affinity, says) in new[] { ("""{"initial":"4000"}""", "running the process on the CPUs 4000"), ("""{"final":"4000"}""", "running the process on the CPUs 4000"), ("""{"final":"a"}""", "is not a list of CPUs") })
        {
            process["execCPUAffinity"] = JsonNode.Parse(affinity);
            bundle.Write("process.json", process.ToJsonString());
            var refused = await bundle.CallAsync("exec", "--process", bundle["process.json"], id);
            Assert.Equal(255, refused.ExitCode);
            Assert.Contains(says, refused.Errors, StringComparison.Ordinal);
        }
    }

    private static async Task<string> CpusAsync(LifeBundle bundle, params string[] words) =>
        (await bundle.CallAsync(["exec", .. words])).Succeeded().Split('\t')[1].TrimEnd('\n');
}
