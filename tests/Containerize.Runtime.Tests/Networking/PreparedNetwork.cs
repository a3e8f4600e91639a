using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Containerize.Containers;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Networking;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Networking;

/// <summary>A container's network without the container: sockets can be opened in it.</summary>
internal sealed class PreparedNetwork : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private PreparedNetwork(NetworkPlan plan, string? directory)
    {
        Directory = directory ?? _folder.Path;
        System.IO.Directory.CreateDirectory(Directory);
        // Compiled as it runs, we cannot start programs (RawSyscall).
        Network = ContainerNetwork.Prepare(plan, Directory, program: null);
    }

    /// <summary>The network.</summary>
    public ContainerNetwork Network { get; }

    /// <summary>The container's directory.</summary>
    public string Directory { get; }

    /// <summary>The text of its hosts file.</summary>
    public string Hosts => File.ReadAllText(Path.Combine(Directory, "hosts"));

    /// <summary>The text of its resolv.conf.</summary>
    public string Resolver => File.ReadAllText(Path.Combine(Directory, "resolv.conf"));

    /// <summary>Makes one; skips the test where we may not.</summary>
    public static PreparedNetwork Create(NetworkPlan plan, string? directory = null)
    {
        RequireRoot();
        return new PreparedNetwork(plan, directory);
    }

    /// <summary>Makes a private one with a port that the kernel chooses.</summary>
    public static PreparedNetwork WithPort(int containerPort, string protocol = "tcp", string hostAddress = "127.0.0.1") => Create(new NetworkPlan
    {
        Ports = [new PortPlan { HostAddress = hostAddress, ContainerPort = containerPort, Protocol = protocol }],
    });

    /// <summary>Skips the test where namespaces cannot be made.</summary>
    public static void RequireRoot() => Skip.IfNot(Environment.IsPrivilegedProcess, "network namespaces are made by root here");

    /// <summary>Where the host's end of its only port is.</summary>
    public IPEndPoint HostEnd(string address = "127.0.0.1") => new(IPAddress.Parse(address), Assert.Single(Network.Ports!).HostPort);

    /// <summary>Listens in the namespace.</summary>
    public Socket Listen(string address, int port) => Inside(() =>
    {
        var at = new IPEndPoint(IPAddress.Parse(address), port);
        var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(at);
        socket.Listen(512);
        return socket;
    });

    /// <summary>Does something on a thread in the namespace; sockets that it opens stay there.</summary>
    public T Inside<T>(Func<T> what)
    {
        T result = default!;
        Exception? failure = null;
        using var space = FileSystem.Open(Descriptor.WorkingDirectory, Network.NamespacePath!, OpenFlags.ReadOnly);
        var thread = new Thread(() =>
        {
            try
            {
                NetworkNamespace.Enter(space);
                result = what();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"in {Network.NamespacePath}: {failure.Message}"), failure);
    }

    public void Dispose()
    {
        Network.Dispose();
        _folder.Dispose();
    }
}
