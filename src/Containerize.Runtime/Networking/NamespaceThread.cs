using System.Runtime.ExceptionServices;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>A thread that lives in a network namespace of its own: what it opens belongs to that.</summary>
/// <remarks>Whoever enters another namespace from a user namespace cannot return to the host's (setns(2)), so the monitor's own threads stay where they are.</remarks>
internal sealed class NamespaceThread : IDisposable, IEventSource
{
    // The deepest that runs on it reads a JSON document.
    private const int StackSize = 256 * 1024;

    private readonly EventCounter _bell = new();
    private readonly SemaphoreSlim _done = new(0);
    private readonly Thread _thread;
    private Descriptor? _namespace;
    private Action? _order;
    private Exception? _failure;
    private bool _ends;

    /// <summary>Starts it.</summary>
    /// <exception cref="SyscallException">There can be no namespace.</exception>
    public NamespaceThread()
    {
        _thread = new Thread(Live, StackSize) { IsBackground = true };
        _order = () => _namespace = NetworkNamespace.Make();
        _thread.Start();
        try
        {
            WaitForOrder();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The thread's events; only what runs on the thread may use it.</summary>
    public EventLoop Loop { get; } = new();

    /// <summary>The namespace.</summary>
    public Descriptor Namespace => _namespace!;

    /// <summary>Runs something on the thread and waits for it.</summary>
    public void Run(Action order)
    {
        _order = order;
        _bell.Ring();
        WaitForOrder();
    }

    /// <inheritdoc/>
    public void Ready(uint events)
    {
        _bell.Clear();
        if (_order is not null)
        {
            Obey();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ends)
        {
            return;
        }

        _ends = true;
        _bell.Ring();
        _thread.Join();
        Loop.Dispose();
        _namespace?.Dispose();
        _bell.Dispose();
        _done.Dispose();
    }

    private void Live()
    {
        Loop.Add(_bell.Number, Epoll.Readable, this);
        Obey();
        while (!Volatile.Read(ref _ends))
        {
            Loop.Round();
        }
    }

    private void Obey()
    {
        try
        {
            _order!();
        }
        catch (Exception e) when (e is SyscallException or ContainerizeException or ArgumentException or IOException)
        {
            _failure = e;
        }

        _order = null;
        _done.Release();
    }

    private void WaitForOrder()
    {
        _done.Wait();
        if (_failure is { } failure)
        {
            _failure = null;
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}
