namespace Containerize.Threading;

/// <summary>Work on a thread of its own, which may wait for disk and network without holding up the thread pool.</summary>
internal static class Background
{
    /// <summary>Starts it.</summary>
    public static Task<T> Run<T>(Func<T> work)
        where T : class =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    /// <summary>Waits for work to end, however it does.</summary>
    public static void Settle(Task work)
    {
        // WhenAny observes a failure without throwing it.
        Task.WhenAny(work).GetAwaiter().GetResult();
        _ = work.Exception;
    }
}
