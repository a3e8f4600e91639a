using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>A program that gives a network namespace a way to the outside.</summary>
/// <param name="Name">pasta (https://passt.top) or slirp4netns (https://github.com/rootless-containers/slirp4netns).</param>
/// <param name="Path">Where it is.</param>
internal sealed record OutsideProgram(string Name, string Path)
{
    private const string Pasta = "pasta";
    private const string Slirp = "slirp4netns";
    private const string Device = "tap0";

    /// <summary>The address at which it asks the host's name servers.</summary>
    public string NameServer => Name == Pasta ? "169.254.1.1" : "10.0.2.3";

    /// <summary>The one that is installed, pasta before slirp4netns, as it is the faster; null: none.</summary>
    public static OutsideProgram? Find() => Find(Pasta) ?? Find(Slirp);

    /// <summary>A certain one; null: it is not installed.</summary>
    public static OutsideProgram? Find(string name) => Programs.Find(name) is { } path ? new OutsideProgram(name, path) : null;

    /// <summary>Its arguments.</summary>
    /// <param name="network">The path of the network namespace, as the program sees it.</param>
    /// <param name="reachesHost">Whether the container may come to what listens on the host's own loopback interface.</param>
    public List<string> Arguments(string network, bool reachesHost)
    {
        List<string> arguments = [Name];
        if (Name == Slirp)
        {
            arguments.AddRange(["--configure", "--mtu=65520", "--netns-type=path"]);
            if (!reachesHost)
            {
                arguments.Add("--disable-host-loopback");
            }

            arguments.AddRange([network, Device]);
            return arguments;
        }

        arguments.AddRange(["--config-net", "--netns", network, "--ns-ifname", Device, "--dns-forward", NameServer]);
        // The ports are ours: the namespace gets none of the host's, nor the host any of its.
        arguments.AddRange(["-t", "none", "-u", "none", "-T", "none", "-U", "none", "--quiet", "--foreground"]);
        if (!reachesHost)
        {
            arguments.Add("--no-map-gw");
        }

        // As nobody, which it is else for the host's root, it may not enter a namespace of root's.
        if (Syscall.Try(SyscallNumber.Geteuid) == 0 && !Rootless.IsSo)
        {
            arguments.AddRange(["--runas", "0:0"]);
        }

        return arguments;
    }
}
