using System.Text.Json.Nodes;
using Xunit;

namespace Containerize.Runtime.Tests.RootFileSystem;

public class SettingKernelParameters
{
    [SkippableFact]
    public async Task ChangesTheContainersOwn()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["linux"]!["sysctl"] = JsonNode.Parse("""
            {"net.ipv4.ip_forward":"1","net/ipv4/conf/lo/forwarding":"1","kernel.msgmax":"12345","fs.mqueue.msg_max":"77","kernel.domainname":"example.org"}
            """);
        var host = await File.ReadAllTextAsync("/proc/sys/kernel/msgmax");
        var output = (await bundle.RunAsync("cd /proc/sys; cat net/ipv4/ip_forward net/ipv4/conf/lo/forwarding kernel/msgmax fs/mqueue/msg_max kernel/domainname")).Succeeded();
        Assert.Equal("1\n1\n12345\n77\nexample.org\n", output);
        Assert.Equal(host, await File.ReadAllTextAsync("/proc/sys/kernel/msgmax"));
    }

    [SkippableTheory]
    [InlineData("vm.swappiness", "whole machine")]
    [InlineData("kernel.core_pattern", "whole machine")]
    [InlineData("net/../vm/swappiness", "its name is not one")]
    [InlineData("kernel.hostname", "hostname in config.json")]
    public async Task LeavesTheMachinesAlone(string name, string why)
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["linux"]!["sysctl"] = new JsonObject { [name] = "7" };
        var before = await File.ReadAllTextAsync("/proc/sys/vm/swappiness");
        var result = await bundle.RunAsync("echo started");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(name, result.Errors);
        Assert.Contains(why, result.Errors);
        Assert.Equal(before, await File.ReadAllTextAsync("/proc/sys/vm/swappiness"));
    }

    [SkippableFact]
    public async Task NeedsTheNamespace()
    {
        using var bundle = await RootBundle.CreateAsync();
        bundle.Spec["linux"]!["sysctl"] = new JsonObject { ["net.ipv4.ip_forward"] = "1" };
        var namespaces = bundle.Spec["linux"]!["namespaces"]!.AsArray();
        namespaces.Remove(namespaces.Single(item => item!["type"]!.GetValue<string>() == "network"));
        Assert.Contains("no network namespace of its own", (await bundle.RunAsync("echo started")).Errors);
    }
}
