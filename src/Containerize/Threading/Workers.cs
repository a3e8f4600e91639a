using System.Runtime.ExceptionServices;

namespace Containerize.Threading;

/// <summary>Work items done by a few threads of their own, which may wait for disk and network without holding up the thread pool.</summary>
/// <remarks>
/// For tens of items. <see cref="Parallel"/> would do, and first costs the just-in-time compiler more than most of our items cost
/// (docs/architecture.md, decision 12).
/// </remarks>
internal static class Workers
{
    /// <summary>Does items 0 to <paramref name="count"/> - 1; the first failure ends it, and is thrown when all threads have ended.</summary>
    /// <param name="count">How many items there are.</param>
    /// <param name="threads">How many may be worked on at once, this thread included.</param>
    /// <param name="work">Does one item; its token is cancelled when another item has failed.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public static void Run(int count, int threads, Action<int, CancellationToken> work, CancellationToken cancellationToken)
    {
        if (count == 1)
        {
            work(0, cancellationToken);
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var next = -1;
        ExceptionDispatchInfo? failure = null;
        var others = new Thread[Math.Max(0, Math.Min(count, threads) - 1)];
        for (var i = 0; i < others.Length; i++)
        {
            others[i] = new Thread(WorkOff) { IsBackground = true, Name = "Containerize worker" };
            others[i].Start();
        }

        WorkOff();
        foreach (var other in others)
        {
            other.Join();
        }

        failure?.Throw();
        cancellationToken.ThrowIfCancellationRequested();

        void WorkOff()
        {
            try
            {
                for (int item; !stop.IsCancellationRequested && (item = Interlocked.Increment(ref next)) < count;)
                {
                    work(item, stop.Token);
                }
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                stop.Cancel();
            }
        }
    }
}
