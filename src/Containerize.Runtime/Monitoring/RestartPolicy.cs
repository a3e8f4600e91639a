using Containerize.Containers;

namespace Containerize.Runtime.Monitoring;

/// <summary>Whether a container is started again when it has ended, and when: soon at first, and later each time that it ends soon.</summary>
/// <param name="plan">The policy.</param>
internal sealed class RestartPolicy(RestartPlan plan)
{
    private const int FirstDelay = 100;
    private const int LastDelay = 60_000;

    // What ran so long has not failed to start.
    private const int Settled = 10_000;

    private long _started;
    private long _delay = FirstDelay;
    private bool _isStopped;

    /// <summary>When it is due; null: it is not.</summary>
    public long? Next { get; private set; }

    /// <summary>Somebody wants it to end, and to stay so.</summary>
    public void Stop()
    {
        _isStopped = true;
        Next = null;
    }

    /// <summary>It runs.</summary>
    public void Started()
    {
        _started = Environment.TickCount64;
        _isStopped = false;
    }

    /// <summary>Whether it is due now, which it is once.</summary>
    public bool TakeDue(long now)
    {
        if (Next is null || Next > now)
        {
            return false;
        }

        Next = null;
        return true;
    }

    /// <summary>After an end: whether it is started again, from now on at <see cref="Next"/>.</summary>
    public bool Plan(ContainerStatus ended)
    {
        var wanted = !_isStopped && plan.Policy switch
        {
            "always" or "unless-stopped" => true,
            "on-failure" => ended.ExitCode != 0 && (plan.Most == 0 || ended.Restarts < plan.Most),
            _ => false,
        };
        if (wanted)
        {
            var now = Environment.TickCount64;
            _delay = now - _started > Settled ? FirstDelay : Math.Min(_delay * 2, LastDelay);
            Next = now + _delay;
        }

        return wanted;
    }
}
