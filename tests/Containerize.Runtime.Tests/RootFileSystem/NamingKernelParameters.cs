using Containerize.Oci.Runtime;
using Containerize.Runtime.Steps;
using Xunit;

namespace Containerize.Runtime.Tests.RootFileSystem;

public class NamingKernelParameters
{
    [Theory]
    [InlineData("net.ipv4.ip_forward", "net/ipv4/ip_forward")]
    [InlineData("net/ipv4/ip_forward", "net/ipv4/ip_forward")]
    [InlineData("net.ipv4.conf.eth0/1.forwarding", "net/ipv4/conf/eth0.1/forwarding")]
    [InlineData("net/ipv4/conf/eth0.1/forwarding", "net/ipv4/conf/eth0.1/forwarding")]
    [InlineData("kernel", "kernel")]
    public void TheFirstSeparatorTellsTheForm(string name, string path) => Assert.Equal(path, Sysctl.PathOf(name));

    [Theory]
    [InlineData("kernel.msgmax")]
    [InlineData("kernel/shm_rmid_forced")]
    [InlineData("kernel.sem")]
    [InlineData("fs.mqueue.msg_max")]
    [InlineData("net.core.somaxconn")]
    [InlineData("kernel.domainname")]
    public void AllowsWhatIsTheContainersAlone(string name)
    {
        Sysctl.Check(Spec(name, "ipc", "network", "uts"));
        Assert.Contains("namespace of its own", Assert.Throws<ContainerizeException>(() => Sysctl.Check(Spec(name, "mount", "pid"))).Message);
    }

    [Theory]
    [InlineData("vm.swappiness", "it is the whole machine's")]
    [InlineData("kernel.core_pattern", "it is the whole machine's")]
    [InlineData("kernel.hostname", "the host name is set by hostname in config.json")]
    [InlineData("kernel.shm", "it is the whole machine's")]
    [InlineData("network.x", "it is the whole machine's")]
    [InlineData("net/../vm/swappiness", "its name is not one")]
    [InlineData("net.//.vm.swappiness", "its name is not one")]
    [InlineData("net..x", "its name is not one")]
    [InlineData("fs/mqueue/../../kernel/core_pattern", "its name is not one")]
    [InlineData("", "its name is not one")]
    public void RefusesTheRest(string name, string why)
    {
        var exception = Assert.Throws<ContainerizeException>(() => Sysctl.Check(Spec(name, "ipc", "network", "uts")));
        Assert.Equal($"setting the kernel parameter {name}: {why}. Remove it from linux.sysctl, or set it on the host.", exception.Message);
    }

    private static RuntimeSpec Spec(string name, params string[] namespaces) => new()
    {
        Linux = new LinuxSpec
        {
            Sysctl = new Dictionary<string, string> { [name] = "1" },
            Namespaces = [.. namespaces.Select(type => new NamespaceSpec { Type = type })],
        },
    };
}
