using Containerize.Containers;
using Containerize.Runtime.Commands;
using Containerize.Runtime.Networking;

namespace Containerize.Runtime.Monitoring;

/// <summary>One life of a container, from its making to its end: its network, its streams, and its first process, which waits until it is started.</summary>
internal sealed class ContainerRun : IDisposable
{
    private readonly string _root;
    private readonly string _id;
    private readonly Host _host;
    private bool _executes;
    private bool _disposed;

    private ContainerRun(string root, string id, ContainerNetwork network, ContainerStreams streams, Host host) =>
        (_root, _id, Network, Streams, _host) = (root, id, network, streams, host);

    /// <summary>Its network.</summary>
    public ContainerNetwork Network { get; }

    /// <summary>What it reads and prints.</summary>
    public ContainerStreams Streams { get; }

    /// <summary>Its first process.</summary>
    public int Pid => _host.Pid;

    /// <summary>That one's pidfd.</summary>
    public int Process => _host.Process;

    /// <summary>Makes it; its root filesystem is mounted.</summary>
    /// <param name="root">Where the runtime's state is.</param>
    /// <param name="directory">The container's directory.</param>
    /// <param name="plan">Its plan.</param>
    public static ContainerRun Make(string root, string directory, ContainerPlan plan)
    {
        var network = ContainerNetwork.Prepare(plan.Network, directory);
        try
        {
            var bundle = Bundle.Read(directory);
            bundle = network.NamespacePath is { } path ? bundle.WithNetwork(path) : bundle;
            ForgetRemains(root, plan.Id);
            var streams = ContainerStreams.Make(root, plan.Id, bundle, plan.OpenInput, out var host);
            return new ContainerRun(root, plan.Id, network, streams, host);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Lets its first process become the user's program.</summary>
    public void Start()
    {
        using var container = Container.Open(_root, _id, change: true);
        try
        {
            StartCommand.Start(container, new RuntimeLog());
        }
        catch (ContainerizeException e) when (e.Number == 6008)
        {
            // It has ended; its own words say more.
            _host.AwaitExec();
            throw;
        }

        _host.AwaitExec();
        _executes = true;
    }

    /// <summary>Takes away what the runtime has of it, after its end.</summary>
    public void Forget() => ForgetRemains(_root, _id);

    /// <summary>Lets go of it; of one that was never started nothing is left.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Streams.Dispose();
        if (!_executes)
        {
            Abandon();
        }

        _host.Dispose();
        Network.Dispose();
    }

    private void Abandon()
    {
        _host.Abandon();
        try
        {
            Forget();
        }
        catch (Exception e) when (e is ContainerizeException or SyscallException)
        {
            // Why it did not start says more, and 'prune' sweeps what is left.
        }
    }

    private static void ForgetRemains(string root, string id)
    {
        try
        {
            using var container = Container.OpenRemains(root, id, change: true);
            container.Destroy(new RuntimeLog());
        }
        catch (ContainerizeException e) when (e.Number == 6001)
        {
            // Nothing is left.
        }
    }
}
