using Containerize.Containers;

namespace Containerize.Runtime.Networking;

/// <summary>A container's network as long as the container runs: its namespace, the host's ports that lead into it, the way to the outside, its hosts and resolv.conf.</summary>
internal sealed class ContainerNetwork : IDisposable
{
    private readonly List<HostPort> _ports = [];
    private NamespaceThread? _thread;
    private Outside? _outside;
    private Membership? _membership;
    private Descriptor? _joined;

    private ContainerNetwork()
    {
    }

    /// <summary>A path of the network namespace that the container joins, good in this process; null: the host's own.</summary>
    public string? NamespacePath => (_thread?.Namespace ?? _joined) is { } descriptor ? $"/proc/self/fd/{descriptor.Number}" : null;

    /// <summary>The ports with the numbers that the kernel chose where the plan left it to it; null: none.</summary>
    public IReadOnlyList<PortPlan>? Ports { get; private set; }

    /// <summary>The container's address in its named network; null: it has none.</summary>
    public string? Address { get; private set; }

    /// <summary>What the user should know, though the container runs without it; null: nothing.</summary>
    public string? Warning { get; private set; }

    /// <summary>Makes the network of a container that is about to start; for the thread that was the process's first, in the host's network namespace.</summary>
    /// <param name="plan">What is wanted.</param>
    /// <param name="directory">The container's directory, into which hosts and resolv.conf are written.</param>
    /// <exception cref="ContainerizeException">It cannot be; nothing of it is left.</exception>
    public static ContainerNetwork Prepare(NetworkPlan plan, string directory) => Prepare(plan, directory, OutsideProgram.Find());

    /// <summary>As the other, with a certain program for the way to the outside; null: with none.</summary>
    public static ContainerNetwork Prepare(NetworkPlan plan, string directory, OutsideProgram? program)
    {
        var network = new ContainerNetwork();
        try
        {
            Failure.Step("preparing the container's network", () => network.Make(plan, directory, program));
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _membership?.Dispose();
        _outside?.Dispose();
        _thread?.Dispose();
        _joined?.Dispose();
        foreach (var port in _ports)
        {
            port.Dispose();
        }
    }

    private void Make(NetworkPlan plan, string directory, OutsideProgram? program)
    {
        switch (plan.Kind)
        {
            case NetworkKind.Host:
                // To a process in the host's network the host is itself.
                SharedFile.Write(Path.Combine(directory, HostsFile.Name), HostsFile.OfHost(SharedFile.Read("/etc/hosts"), HostsFile.Resolve(plan, "127.0.0.1")));
                WriteResolver(plan, directory, null);
                break;
            case NetworkKind.Container:
                // The files are the other one's too.
                _joined = OtherContainer.OpenNamespace(plan.Container ?? throw Failure.Of(6071, "joining another container's network", "the plan names none"));
                break;
            case NetworkKind.None:
                _thread = new NamespaceThread();
                SharedFile.Write(Path.Combine(directory, HostsFile.Name), HostsFile.Text(null, OwnNames(plan), HostsFile.Resolve(plan, null)));
                WriteResolver(plan, directory, null);
                break;
            default:
                MakeOwn(plan, directory, program);
                break;
        }
    }

    private void MakeOwn(NetworkPlan plan, string directory, OutsideProgram? program)
    {
        // First of all, as these are what may be somebody else's.
        foreach (var port in plan.Ports ?? [])
        {
            _ports.Add(HostPort.Open(port));
        }

        Ports = _ports.Count == 0 ? null : [.. _ports.Select(port => port.Plan)];
        _thread = new NamespaceThread();
        var named = plan.Kind == NetworkKind.Named ? Membership.Describe(plan) : null;
        if (named is not { Internal: true })
        {
            _outside = Outside.TryStart(program, _thread, HostsFile.WantsHost(plan), out var warning);
            Warning = warning;
        }

        var entries = HostsFile.Resolve(plan, _outside?.Host);
        WriteResolver(plan, directory, _outside?.Kind.NameServer);
        if (named is null)
        {
            SharedFile.Write(Path.Combine(directory, HostsFile.Name), HostsFile.Text(_outside?.Address, OwnNames(plan), entries));
        }
        else
        {
            _membership = Membership.Join(_thread, plan, named, directory, address => HostsFile.Text(address, Membership.Names(plan), entries));
            Address = _membership.Address;
        }

        _thread.Run(Forward);
    }

    private void Forward()
    {
        var limit = new ConnectionLimit();
        foreach (var port in _ports)
        {
            var targets = new Targets(port.Plan.ContainerPort);
            if ((Address ?? _outside?.Address) is { } address)
            {
                targets.Add(address);
            }

            if (port.IsDatagrams)
            {
                _ = new UdpPort(_thread!.Loop, port, targets);
            }
            else
            {
                _ = new TcpPort(_thread!.Loop, port, targets, limit);
            }
        }
    }

    private static string[] OwnNames(NetworkPlan plan) => plan.HostName is { Length: > 0 } name ? [name] : [];

    private static void WriteResolver(NetworkPlan plan, string directory, string? forwarder) =>
        SharedFile.Write(Path.Combine(directory, ResolverFile.Name), ResolverFile.Text(SharedFile.Read("/etc/resolv.conf"), plan, forwarder));
}
