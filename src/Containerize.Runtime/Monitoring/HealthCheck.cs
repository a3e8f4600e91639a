using System.Text;
using Containerize.Containers;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Monitoring;

/// <summary>A container's health check: when it is due, what runs of it, and what came of it, as docker has it.</summary>
/// <remarks>https://docs.docker.com/reference/dockerfile/#healthcheck</remarks>
internal sealed unsafe class HealthCheck : IDisposable
{
    private const int MostOutput = 4096;
    private const int Kept = 5;
    private const int Terminate = 15;
    private const int Kill = 9;
    private const int Unknown = -1;
    private readonly HealthPlan _plan;
    private readonly List<string> _command;
    private readonly List<byte> _output = [];
    private readonly byte[] _buffer = new byte[4096];
    private readonly long _started = Environment.TickCount64;
    private ChildProcess? _running;
    private Descriptor? _pipe;
    private string _begun = "";
    private bool _asked;

    /// <summary>Sets one up for a container that has just started.</summary>
    /// <param name="plan">What is checked.</param>
    /// <param name="root">Where the runtime's state is.</param>
    /// <param name="id">The container.</param>
    public HealthCheck(HealthPlan plan, string root, string id)
    {
        _plan = plan;
        _command = ["containerize-runtime", "--root", root, "exec", id, .. plan.Command];
        Next = _started + (IsStarting ? Math.Min(plan.StartInterval, plan.Interval) : plan.Interval);
    }

    /// <summary>What is known.</summary>
    public HealthStatus Status { get; private set; } = new();

    /// <summary>When something is to be done (<see cref="Environment.TickCount64"/>).</summary>
    public long Next { get; private set; }

    /// <summary>What to poll: the end of the check, and what it prints; -1: nothing.</summary>
    public int Process => _running?.Process ?? -1;

    /// <summary>See <see cref="Process"/>.</summary>
    public int Output => _pipe?.Number ?? -1;

    private bool IsStarting => Environment.TickCount64 - _started < _plan.StartPeriod;

    /// <summary>Does what is due; whether <see cref="Status"/> has changed.</summary>
    public bool Act()
    {
        if (_running is null)
        {
            if (Environment.TickCount64 >= Next)
            {
                Begin();
            }

            return false;
        }

        ReadOutput();
        if (_running.TryWait() is { } code)
        {
            Finish(code, Encoding.UTF8.GetString([.. _output]));
            return true;
        }

        if (Environment.TickCount64 < Next)
        {
            return false;
        }

        // Asked, it is passed on to the program in the container; not asked, it is only our own process that ends.
        _running.Signal(_asked ? Kill : Terminate);
        if (!_asked)
        {
            _asked = true;
            Next = Environment.TickCount64 + 2000;
            return false;
        }

        _running.Wait();
        Finish(Unknown, $"Health check exceeded timeout ({_plan.Timeout} ms)");
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_running is not null)
        {
            _running.Signal(Kill);
            _running.Wait();
            _running.Dispose();
        }

        _pipe?.Dispose();
    }

    private void Begin()
    {
        _begun = StatusFile.Now;
        _output.Clear();
        _asked = false;
        var (read, write) = Pipe.Make(OpenFlags.NonBlocking);
        _pipe = read;
        using (write)
        {
            using var nothing = FileSystem.Open(Descriptor.WorkingDirectory, "/dev/null", OpenFlags.ReadOnly);
            _running = ChildProcess.StartBound(FileSystem.ReadLink(Descriptor.WorkingDirectory, "/proc/self/exe"), _command, [], nothing.Number, write.Number);
        }

        Next = Environment.TickCount64 + _plan.Timeout;
    }

    private void ReadOutput()
    {
        fixed (byte* at = _buffer)
        {
            for (var rounds = 0; _pipe is not null && rounds < 16; rounds++)
            {
                var read = (int)Syscall.Try(SyscallNumber.Read, _pipe.Number, (nint)at, _buffer.Length);
                if (read == -Errno.EAGAIN)
                {
                    return;
                }

                if (read <= 0)
                {
                    _pipe.Dispose();
                    _pipe = null;
                    return;
                }

                _output.AddRange(_buffer.AsSpan(0, Math.Min(read, MostOutput - _output.Count)));
            }
        }
    }

    private void Finish(int code, string output)
    {
        ReadOutput();
        output = _asked && code != Unknown ? $"Health check exceeded timeout ({_plan.Timeout} ms)" : output;
        code = _asked ? Unknown : code;
        _running!.Dispose();
        _running = null;
        _pipe?.Dispose();
        _pipe = null;
        var counts = code != 0 && !(IsStarting && Status.Status == "starting");
        var failures = code == 0 ? 0 : counts ? Status.Failures + 1 : Status.Failures;
        Status = new HealthStatus
        {
            Status = code == 0 ? "healthy" : failures >= _plan.Retries ? "unhealthy" : Status.Status,
            Failures = failures,
            Log = [.. (Status.Log ?? []).TakeLast(Kept - 1), new HealthResult { Start = _begun, End = StatusFile.Now, ExitCode = code, Output = output }],
        };
        Next = Environment.TickCount64 + (IsStarting && Status.Status == "starting" ? _plan.StartInterval : _plan.Interval);
    }
}
