using System.Globalization;
using System.Text;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime.Monitoring;

/// <summary>One container's keeper: it holds its output or its terminal, writes the log, forwards signals, reaps, and writes the exit code.</summary>
/// <remarks>A process of its own session, which whoever started it need not outlive. It has the container's first process as its child.</remarks>
internal sealed unsafe class ContainerMonitor
{
    private const int SetSubreaper = 36;
    private static readonly int[] Forwarded = [1, 2, 3, 10, 12, 15];

    private readonly Wishes _wishes;
    private readonly byte[] _buffer = new byte[8192];

    /// <summary>Sets up a monitor.</summary>
    public ContainerMonitor(Wishes wishes)
    {
        _wishes = wishes;
    }

    /// <summary>What is wanted.</summary>
    internal sealed record Wishes
    {
        /// <summary>Where the containers' state is.</summary>
        public string Root { get; init; } = "";

        /// <summary>The container's id.</summary>
        public string Id { get; init; } = "";

        /// <summary>Its bundle.</summary>
        public string Bundle { get; init; } = "";

        /// <summary>The log file.</summary>
        public string LogFile { get; init; } = "";

        /// <summary>See <see cref="Monitoring.LogFile"/>.</summary>
        public long LogSize { get; init; }

        /// <summary>Where the exit code is written.</summary>
        public string? ExitFile { get; init; }

        /// <summary>Where the container's process id is written.</summary>
        public string? PidFile { get; init; }
    }

    /// <summary>Makes the container and keeps it until it ends.</summary>
    /// <param name="ready">Called once the container waits to be started, with its process id.</param>
    public void Run(Action<int> ready)
    {
        Syscall.Check(Syscall.Try(SyscallNumber.Prctl, SetSubreaper, 1, 0, 0, 0), "prctl", "PR_SET_CHILD_SUBREAPER");
        using var log = new LogFile(_wishes.LogFile, _wishes.LogSize);
        var bundle = Bundle.Read(_wishes.Bundle);
        var streams = new List<Stream>();
        using var host = bundle.Spec.Process!.Terminal ? MakeWithTerminal(bundle, streams) : MakeWithPipes(bundle, streams);
        var registrations = Signals.Forward(Forwarded, host.Process);
        ready(host.Pid);

        var code = Keep(host, log, streams);
        if (_wishes.ExitFile is { } exitFile)
        {
            FileSystem.Replace(Descriptor.WorkingDirectory, exitFile, Encoding.ASCII.GetBytes(code.ToString(CultureInfo.InvariantCulture) + "\n"), 0b110_100_100);
        }

        GC.KeepAlive(registrations);
    }

    private Host MakeWithTerminal(Bundle bundle, List<Stream> streams)
    {
        var (ours, childs) = Sockets.Pair();
        using (ours)
        using (childs)
        {
            var host = Creation.Make(_wishes.Root, _wishes.Id, bundle, new Creation.Wishes { ConsoleSocket = childs.Number, PidFile = _wishes.PidFile });
            streams.Add(new Stream("stdout", Terminal.Receive(ours.Number)));
            return host;
        }
    }

    // The container inherits our own 1 and 2, which are pipes while it is made, and nothing afterwards.
    private Host MakeWithPipes(Bundle bundle, List<Stream> streams)
    {
        for (var standard = 1; standard <= 2; standard++)
        {
            var (read, write) = Pipe.Make();
            using (write)
            {
                Syscall.Check(Syscall.Try(SyscallNumber.Dup3, write.Number, standard, 0), "dup3");
            }

            streams.Add(new Stream(standard == 1 ? "stdout" : "stderr", read));
        }

        try
        {
            return Creation.Make(_wishes.Root, _wishes.Id, bundle, new Creation.Wishes { PidFile = _wishes.PidFile });
        }
        finally
        {
            using var nothing = FileSystem.Open(Descriptor.WorkingDirectory, "/dev/null", OpenFlags.ReadWrite);
            Syscall.Try(SyscallNumber.Dup3, nothing.Number, 1, 0);
            Syscall.Try(SyscallNumber.Dup3, nothing.Number, 2, 0);
        }
    }

    // Until the container has ended and its output was read to the end; a grandchild that keeps a pipe open is not waited for.
    private int Keep(Host host, LogFile log, List<Stream> streams)
    {
        const int AfterTheEnd = 500;
        int? code = null;
        var polled = stackalloc long[4];
        var time = stackalloc long[2] { 0, AfterTheEnd * 1_000_000L };
        while (true)
        {
            var count = 0;
            foreach (var stream in streams)
            {
                Polling.Set(polled, count++, stream.Source.Number);
            }

            if (code is null)
            {
                Polling.Set(polled, count++, host.Process);
            }

            if (count == 0)
            {
                return code ?? 0;
            }

            var happened = Syscall.Try(SyscallNumber.Ppoll, (nint)polled, count, code is null ? 0 : (nint)time, 0, 8);
            if (happened == 0)
            {
                return code ?? 0;
            }

            for (var i = streams.Count - 1; i >= 0; i--)
            {
                if (Polling.Happened(polled, i) && !streams[i].Move(log, _buffer))
                {
                    streams[i].Source.Dispose();
                    streams.RemoveAt(i);
                }
            }

            code ??= Waiting.TryForChild(host.Process);
            Waiting.ReapOthers(host.Pid);
        }
    }

    private sealed record Stream(string Name, Descriptor Source)
    {
        private readonly List<byte> _rest = [];

        /// <summary>Takes what there is to the log; false at the end, which of a terminal is EIO.</summary>
        public bool Move(LogFile log, byte[] buffer)
        {
            fixed (byte* at = buffer)
            {
                var read = Syscall.Try(SyscallNumber.Read, Source.Number, (nint)at, buffer.Length);
                if (read <= 0)
                {
                    log.Finish(Name, _rest);
                    return false;
                }

                log.Write(Name, _rest, buffer.AsSpan(0, (int)read));
                return true;
            }
        }
    }
}
