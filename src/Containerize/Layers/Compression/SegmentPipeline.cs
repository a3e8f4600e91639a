using System.Diagnostics.CodeAnalysis;

namespace Containerize.Layers.Compression;

/// <summary>Compresses segments on several threads, the caller's among them, and hands them back in order.</summary>
/// <remarks>
/// Used by one thread, here "the caller". The other threads start with the second segment, so that a small stream has none, and
/// are gone when <see cref="Dispose"/> returns. The caller compresses too, whenever it would have to wait.
/// </remarks>
internal sealed class SegmentPipeline(int threads) : IDisposable
{
    private readonly int mostInFlight = threads == 1 ? 1 : threads + 2;
    private readonly Queue<GzipSegment> inOrder = new();
    private readonly Queue<GzipSegment> waiting = new();
    private readonly Stack<GzipSegment> idle = new();
    private readonly List<Thread> workers = [];
    private DeflateCompressor? ownCompressor;
    private bool stopped;

    /// <summary>The threads besides the caller's.</summary>
    public IReadOnlyList<Thread> Workers => workers;

    /// <summary>Whether something must be taken out before more is submitted.</summary>
    public bool IsFull => inOrder.Count == mostInFlight;

    /// <summary>Whether nothing is on its way.</summary>
    public bool IsEmpty => inOrder.Count == 0;

    /// <summary>An unused segment.</summary>
    public GzipSegment Rent()
    {
        var segment = idle.TryPop(out var used) ? used : new GzipSegment();
        segment.Begin(previous: null);
        return segment;
    }

    /// <summary>Takes back a segment.</summary>
    public void Return(GzipSegment segment) => idle.Push(segment);

    /// <summary>Has a sealed segment compressed.</summary>
    public void Submit(GzipSegment segment)
    {
        inOrder.Enqueue(segment);
        lock (waiting)
        {
            waiting.Enqueue(segment);
            Monitor.Pulse(waiting);
        }

        if (inOrder.Count > 1 && workers.Count < threads - 1)
        {
            var worker = new Thread(Work) { IsBackground = true, Name = "gzip" };
            workers.Add(worker);
            worker.Start();
        }
    }

    /// <summary>Takes the oldest segment out, compressed.</summary>
    public GzipSegment Take()
    {
        var oldest = inOrder.Dequeue();
        while (!oldest.IsDone && TryNext(out var segment))
        {
            segment.Compress(ownCompressor ??= new DeflateCompressor());
        }

        oldest.Wait();
        return oldest;
    }

    /// <summary>Stops the threads, each after the segment that it has.</summary>
    public void Dispose()
    {
        lock (waiting)
        {
            stopped = true;
            waiting.Clear();
            Monitor.PulseAll(waiting);
        }

        foreach (var worker in workers)
        {
            worker.Join();
        }

        while (inOrder.TryDequeue(out var segment) || idle.TryPop(out segment))
        {
            segment.Dispose();
        }
    }

    private bool TryNext([NotNullWhen(true)] out GzipSegment? segment)
    {
        lock (waiting)
        {
            return waiting.TryDequeue(out segment);
        }
    }

    private void Work()
    {
        var compressor = new DeflateCompressor();
        while (true)
        {
            GzipSegment? segment;
            lock (waiting)
            {
                while (!waiting.TryDequeue(out segment))
                {
                    if (stopped)
                    {
                        return;
                    }

                    Monitor.Wait(waiting);
                }
            }

            segment.Compress(compressor);
        }
    }
}
