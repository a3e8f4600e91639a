using Containerize.Containers;
using Containerize.Runtime.Documents;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>A container's place in a named network: a cable to the bridge that all its members have, and a line in their hosts files.</summary>
/// <remarks>The bridge is in a network namespace of its own, which is there as long as a member's monitor has it open: nothing is left of it after the last.</remarks>
internal sealed class Membership : IDisposable
{
    private const string BridgeName = "bridge";
    private const string InterfaceName = "eth0";
    private const int MostBytes = 1024 * 1024;

    private readonly NamespaceThread _thread;
    private readonly string _networkFile;
    private Descriptor? _bridge;
    private NetworkMember? _member;

    private Membership(NamespaceThread thread, string networkFile)
    {
        _thread = thread;
        _networkFile = networkFile;
    }

    /// <summary>The container's address.</summary>
    public string Address => _member!.Address;

    /// <summary>Reads what a network is; CTZ6073 where that cannot be.</summary>
    public static NetworkDescription Describe(NetworkPlan plan)
    {
        var doing = $"joining the network {plan.Name}";
        try
        {
            using var file = FileSystem.Open(Descriptor.WorkingDirectory, plan.NetworkFile ?? "", OpenFlags.ReadOnly);
            return Bundle.Parse(FileSystem.ReadToEnd(file.Number, MostBytes, plan.NetworkFile!), doing, RuntimeDocuments.ReadNetworkDescription);
        }
        catch (SyscallException e)
        {
            throw Failure.Of(6073, doing, e.Message, "Make the network first.", e);
        }
    }

    /// <summary>The names by which a container is called in a network.</summary>
    public static List<string> Names(NetworkPlan plan)
    {
        var names = new List<string>();
        foreach (var name in (string?[])[plan.HostName, .. plan.Aliases ?? []])
        {
            if (!string.IsNullOrEmpty(name) && !names.Contains(name))
            {
                names.Add(name);
            }
        }

        return names;
    }

    /// <summary>Joins a network.</summary>
    /// <param name="thread">The container's own network.</param>
    /// <param name="plan">What is wanted.</param>
    /// <param name="description">What the network is.</param>
    /// <param name="directory">The container's directory.</param>
    /// <param name="hosts">The text of its hosts file with its address in it, without the others.</param>
    public static Membership Join(NamespaceThread thread, NetworkPlan plan, NetworkDescription description, string directory, Func<string, string> hosts)
    {
        var membership = new Membership(thread, plan.NetworkFile!);
        try
        {
            membership.Join(plan, description, Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)), hosts);
            return membership;
        }
        catch
        {
            membership.Dispose();
            throw;
        }
    }

    /// <summary>Leaves it.</summary>
    public void Dispose()
    {
        if (_member is { } member)
        {
            _member = null;
            try
            {
                using var members = MemberDirectory.Open(_networkFile, Path.GetFileName(member.Directory));
                _thread.Run(() => Links.Remove(InterfaceName));
                MemberHosts.Update(members.Members);
            }
            catch (Exception e) when (e is SyscallException or IOException or UnauthorizedAccessException)
            {
                // The network was removed under it.
            }
        }

        _bridge?.Dispose();
    }

    private void Join(NetworkPlan plan, NetworkDescription description, string directory, Func<string, string> hosts)
    {
        var doing = $"joining the network {plan.Name}";
        var subnet = Subnet.TryParse(description.Subnet) ?? throw Failure.Of(6073, doing, $"{description.Subnet} is no subnet", "It is written as 10.89.1.0/24.");
        using var members = MemberDirectory.Open(_networkFile, Path.GetFileName(directory));
        var taken = members.Members.Select(member => Subnet.TryAddress(member.Address) ?? 0).ToHashSet();
        var gateway = description.Gateway is { } given && Subnet.TryAddress(given) is { } own ? own : subnet.First + 1;
        var address = subnet.Choose(plan.Name ?? "", plan.Address, gateway, taken);
        _bridge = members.Members.Select(member => member.TryOpenBridge()).FirstOrDefault(found => found is not null);
        _thread.Run(() =>
        {
            _bridge ??= MakeBridge();
            Connect(subnet, address, members.Dead);
        });
        _member = new NetworkMember
        {
            Directory = directory,
            Address = Subnet.Text(address),
            Names = Names(plan),
            Monitor = Environment.ProcessId,
            Start = ProcessStat.TryRead(Environment.ProcessId)!.Start,
            Boot = members.Boot,
            Bridge = _bridge!.Number,
            BridgeIdentity = FileSystem.ReadLink(Descriptor.WorkingDirectory, $"/proc/self/fd/{_bridge.Number}"),
        };
        SharedFile.Write(Path.Combine(directory, HostsFile.Name), hosts(_member.Address));
        members.Write(_member);
        MemberHosts.Update([.. members.Members, _member]);
    }

    private Descriptor MakeBridge()
    {
        var bridge = NetworkNamespace.Make();
        try
        {
            Links.AddBridge(BridgeName);
            return bridge;
        }
        catch
        {
            bridge.Dispose();
            throw;
        }
        finally
        {
            NetworkNamespace.Enter(_thread.Namespace);
        }
    }

    private void Connect(Subnet subnet, uint address, List<NetworkMember> dead)
    {
        var plug = NetworkMember.Plug(address);
        NetworkNamespace.Enter(_bridge!);
        try
        {
            foreach (var member in dead)
            {
                Links.Remove(NetworkMember.Plug(Subnet.TryAddress(member.Address) ?? 0));
            }

            // One that ended is taken away by the kernel a little later.
            Links.Remove(plug);
        }
        finally
        {
            NetworkNamespace.Enter(_thread.Namespace);
        }

        // The same address has the same hardware address always: the others remember it (arp(7)). The first byte says that it is nobody's product.
        Links.AddPair(InterfaceName, [0x02, 0x63, .. Subnet.Bytes(address)], plug, _bridge!);
        Links.AddAddress(InterfaceName, Subnet.Bytes(address), Subnet.Bytes(subnet.Broadcast), subnet.Prefix);
        Links.Raise(InterfaceName);
        NetworkNamespace.Enter(_bridge!);
        try
        {
            Links.Plug(plug, BridgeName);
        }
        finally
        {
            NetworkNamespace.Enter(_thread.Namespace);
        }
    }
}
