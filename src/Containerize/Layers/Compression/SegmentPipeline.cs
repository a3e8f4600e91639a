using System.Diagnostics.CodeAnalysis;

namespace Containerize.Layers.Compression;

/// <summary>Compresses segments on several threads, the caller's among them, and hands them back in order.</summary>
/// <remarks>
/// Used by one thread, here "the caller". The other threads start with the second segment, so that a small stream has none, and
/// are gone when <see cref="Dispose"/> returns. The caller compresses too, whenever it would have to wait.
/// </remarks>
internal sealed class SegmentPipeline(int threads) : IDisposable
{
    private readonly int _mostInFlight = threads == 1 ? 1 : threads + 2;
    private readonly Queue<GzipSegment> _inOrder = new();
    private readonly Queue<GzipSegment> _waiting = new();
    private readonly Stack<GzipSegment> _idle = new();
    private readonly List<Thread> _workers = [];
    private DeflateCompressor? _ownCompressor;
    private bool _stopped;

    /// <summary>The threads besides the caller's.</summary>
    public IReadOnlyList<Thread> Workers => _workers;

    /// <summary>Whether something must be taken out before more is submitted.</summary>
    public bool IsFull => _inOrder.Count == _mostInFlight;

    /// <summary>Whether nothing is on its way.</summary>
    public bool IsEmpty => _inOrder.Count == 0;

    /// <summary>An unused segment.</summary>
    public GzipSegment Rent()
    {
        var segment = _idle.TryPop(out var used) ? used : new GzipSegment();
        segment.Begin(previous: null);
        return segment;
    }

    /// <summary>Takes back a segment.</summary>
    public void Return(GzipSegment segment) => _idle.Push(segment);

    /// <summary>Has a sealed segment compressed.</summary>
    public void Submit(GzipSegment segment)
    {
        _inOrder.Enqueue(segment);
        lock (_waiting)
        {
            _waiting.Enqueue(segment);
            Monitor.Pulse(_waiting);
        }

        if (_inOrder.Count > 1 && _workers.Count < threads - 1)
        {
            var worker = new Thread(Work) { IsBackground = true, Name = "gzip" };
            _workers.Add(worker);
            worker.Start();
        }
    }

    /// <summary>Takes the oldest segment out, compressed.</summary>
    public GzipSegment Take()
    {
        var oldest = _inOrder.Dequeue();
        while (!oldest.IsDone && TryNext(out var segment))
        {
            segment.Compress(_ownCompressor ??= new DeflateCompressor());
        }

        oldest.Wait();
        return oldest;
    }

    /// <summary>Stops the threads, each after the segment that it has.</summary>
    public void Dispose()
    {
        lock (_waiting)
        {
            _stopped = true;
            _waiting.Clear();
            Monitor.PulseAll(_waiting);
        }

        foreach (var worker in _workers)
        {
            worker.Join();
        }

        while (_inOrder.TryDequeue(out var segment) || _idle.TryPop(out segment))
        {
            segment.Dispose();
        }
    }

    private bool TryNext([NotNullWhen(true)] out GzipSegment? segment)
    {
        lock (_waiting)
        {
            return _waiting.TryDequeue(out segment);
        }
    }

    private void Work()
    {
        var compressor = new DeflateCompressor();
        while (true)
        {
            GzipSegment? segment;
            lock (_waiting)
            {
                while (!_waiting.TryDequeue(out segment))
                {
                    if (_stopped)
                    {
                        return;
                    }

                    Monitor.Wait(_waiting);
                }
            }

            segment.Compress(compressor);
        }
    }
}
