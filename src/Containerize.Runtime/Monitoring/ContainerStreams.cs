using Containerize.Containers;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime.Monitoring;

/// <summary>What a container reads and prints: its terminal, or pipes.</summary>
internal sealed unsafe class ContainerStreams : IDisposable
{
    private const int NonBlocking = 0x800;
    private readonly List<OutputStream> _outputs = [];
    private readonly Queue<byte[]> _pending = new();
    private Descriptor? _input;
    private int _written;
    private bool _ends;

    private ContainerStreams()
    {
    }

    /// <summary>What it prints; each is taken away at its end.</summary>
    public IReadOnlyList<OutputStream> Outputs => _outputs;

    /// <summary>Its input, to be polled while something waits for it; -1: nothing does.</summary>
    public int Input => _pending.Count > 0 && _input is not null ? _input.Number : -1;

    /// <summary>Whether so much waits for it that those who send it have to wait too.</summary>
    public bool IsFull => _pending.Count > 16;

    /// <summary>Makes a container with its streams.</summary>
    /// <param name="root">Where the runtime's state is.</param>
    /// <param name="id">The container's id.</param>
    /// <param name="bundle">Its configuration.</param>
    /// <param name="openInput">Whether it gets an input.</param>
    /// <param name="host">The container, which waits to be started.</param>
    public static ContainerStreams Make(string root, string id, Bundle bundle, bool openInput, out Host host)
    {
        var streams = new ContainerStreams();
        try
        {
            host = bundle.Spec.Process!.Terminal ? streams.WithTerminal(root, id, bundle) : streams.WithPipes(root, id, bundle, openInput);
            return streams;
        }
        catch
        {
            streams.Dispose();
            throw;
        }
    }

    /// <summary>Something for its input.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_input is not null && !_ends)
        {
            _pending.Enqueue(bytes.ToArray());
            Flush();
        }
    }

    /// <summary>Its input has ended, after what still waits.</summary>
    public void EndInput()
    {
        _ends = true;
        Flush();
    }

    /// <summary>Writes what waits, as far as there is room.</summary>
    public void Flush()
    {
        while (_input is not null && _pending.TryPeek(out var bytes))
        {
            var written = FileSystem.TryWrite(_input.Number, bytes.AsSpan(_written));
            if (written == -Errno.EAGAIN)
            {
                return;
            }

            _written += (int)Math.Max(written, 0);
            if (written < 0)
            {
                // Nobody reads it any more.
                _pending.Clear();
                _written = 0;
                break;
            }

            if (_written == bytes.Length)
            {
                _pending.Dequeue();
                _written = 0;
            }
        }

        if (_ends && _input is not null && _outputs.All(o => o.Source != _input))
        {
            _input.Dispose();
            _input = null;
        }
    }

    /// <summary>Gives its terminal a size.</summary>
    public void Resize(ushort rows, ushort columns)
    {
        const int SetWindowSize = 0x5414;
        if (_input is not null)
        {
            var window = stackalloc ushort[4] { rows, columns, 0, 0 };
            Syscall.Try(SyscallNumber.Ioctl, _input.Number, SetWindowSize, (nint)window);
        }
    }

    /// <summary>Takes one away that has ended.</summary>
    public void Remove(OutputStream output)
    {
        _outputs.Remove(output);
        if (output.Source == _input)
        {
            _input = null;
        }

        output.Source.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var output in _outputs)
        {
            output.Source.Dispose();
        }

        _outputs.Clear();
        _input?.Dispose();
    }

    private Host WithTerminal(string root, string id, Bundle bundle)
    {
        var (ours, childs) = Sockets.Pair();
        using (ours)
        using (childs)
        {
            var host = Creation.Make(root, id, bundle, new Creation.Wishes { ConsoleSocket = childs.Number, DiesWithParent = true });
            _input = Terminal.Receive(ours.Number);
            SetNonBlocking(_input);
            _outputs.Add(new OutputStream(ControlMessage.Output, "stdout", _input));
            return host;
        }
    }

    // The container inherits our own 0 to 2, which are pipes while it is made, and nothing before and afterwards.
    private Host WithPipes(string root, string id, Bundle bundle, bool openInput)
    {
        var user = bundle.Spec.Process!.User;
        var taken = new List<Descriptor>();
        try
        {
            if (openInput)
            {
                var (read, write) = Pipe.Make();
                taken.Add(read);
                _input = write;
                SetNonBlocking(write);
                Become(read, 0);
            }

            for (var standard = 1; standard <= 2; standard++)
            {
                var (read, write) = Pipe.Make();
                taken.Add(write);
                Become(write, standard);
                _outputs.Add(standard == 1 ? new OutputStream(ControlMessage.Output, "stdout", read) : new OutputStream(ControlMessage.ErrorOutput, "stderr", read));
                SetNonBlocking(read);
            }

            foreach (var end in taken)
            {
                // Programs open /dev/stdout again, as the user that they are.
                FileNodes.ChangeOwner(end.Number, user?.Uid ?? 0, user?.Gid ?? 0, "the container's pipes");
            }

            return Creation.Make(root, id, bundle, new Creation.Wishes { DiesWithParent = true });
        }
        finally
        {
            using var nothing = FileSystem.Open(Descriptor.WorkingDirectory, "/dev/null", OpenFlags.ReadWrite);
            for (var standard = 0; standard <= 2; standard++)
            {
                Become(nothing, standard);
            }

            taken.ForEach(end => end.Dispose());
        }
    }

    private static void Become(Descriptor descriptor, int standard) => Syscall.Check(Syscall.Try(SyscallNumber.Dup3, descriptor.Number, standard, 0), "dup3");

    private static void SetNonBlocking(Descriptor descriptor)
    {
        const int GetFlags = 3;
        const int SetFlags = 4;
        var flags = Syscall.Try(SyscallNumber.Fcntl, descriptor.Number, GetFlags);
        Syscall.Try(SyscallNumber.Fcntl, descriptor.Number, SetFlags, flags | NonBlocking);
    }
}
