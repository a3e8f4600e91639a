
namespace Containerize.Runtime.Cgroups;

/// <summary>Stops and resumes all processes of a cgroup.</summary>
internal static class CgroupFreezer
{
    private const string State = "freezer.state";
    private const string Switch = "cgroup.freeze";
    private const int PatienceMilliseconds = 10_000;

    /// <summary>Freezes; returns when all processes stand.</summary>
    /// <exception cref="ContainerizeException">They do not, and run again.</exception>
    public static void Freeze(CgroupDirectory directory)
    {
        try
        {
            if (directory.Version == CgroupVersion.One)
            {
                FreezeVersion1(directory);
            }
            else
            {
                FreezeVersion2(directory);
            }
        }
        catch
        {
            // Half frozen is worse than not frozen.
            TryThaw(directory);
            throw;
        }
    }

    /// <summary>Lets the processes run again.</summary>
    public static void Thaw(CgroupDirectory directory)
    {
        var result = TryThaw(directory);
        // A kernel without the freezer has nothing frozen.
        if (result is < 0 and not -Errno.ENOENT)
        {
            throw Failure(directory, "thawing", Errno.Describe((int)-result));
        }
    }

    /// <summary>Whether it was frozen here, and not only because a cgroup above it is.</summary>
    public static bool IsFrozen(CgroupDirectory directory)
    {
        if (directory.Version == CgroupVersion.Two)
        {
            return directory.TryRead(Switch) == "1\n";
        }

        var deadline = Environment.TickCount64 + PatienceMilliseconds;
        var state = directory.TryRead(State);
        while (state == "FREEZING\n" && Environment.TickCount64 < deadline)
        {
            Pause.For(1);
            state = directory.TryRead(State);
        }

        return state == "FROZEN\n" && directory.TryRead("freezer.self_freezing") != "0\n";
    }

    /// <summary>Whether a cgroup above it is frozen, so that whoever joins stops at once.</summary>
    public static bool IsBelowFrozen(CgroupDirectory directory) => directory.Version == CgroupVersion.One
        ? directory.TryRead(State) is "FROZEN\n" or "FREEZING\n"
        : (directory.TryRead("cgroup.events") ?? "").Contains("frozen 1", StringComparison.Ordinal);

    private static nint TryThaw(CgroupDirectory directory) =>
        directory.Version == CgroupVersion.One ? directory.TryWrite(State, "THAWED") : directory.TryWrite(Switch, "0");

    // Version 1 stays in FREEZING while new processes appear, until it is told again; a pause, and now and then a thaw, let a fork
    // that is under way come to its end (https://github.com/opencontainers/runc/pull/2774).
    private static void FreezeVersion1(CgroupDirectory directory)
    {
        for (var attempt = 1; attempt <= 1000; attempt++)
        {
            if (attempt % 50 == 0)
            {
                directory.TryWrite(State, "THAWED");
                Pause.For(attempt % 200 == 0 ? 100 : 10);
            }

            Check(directory, directory.TryWrite(State, "FROZEN"));
            if (attempt % 25 == 0)
            {
                Pause.For(1);
            }

            var state = directory.TryRead(State);
            if (state == "FROZEN\n")
            {
                return;
            }

            if (state != "FREEZING\n")
            {
                throw Failure(directory, "freezing", $"its state became {state?.TrimEnd('\n') ?? "unknown"}");
            }
        }

        throw Failure(directory, "freezing", "new processes appear faster than they can be stopped");
    }

    private static void FreezeVersion2(CgroupDirectory directory)
    {
        Check(directory, directory.TryWrite(Switch, "1"));
        var deadline = Environment.TickCount64 + PatienceMilliseconds;
        for (var delay = 1; ; delay = Math.Min(delay + 1, 10))
        {
            var events = directory.TryRead("cgroup.events") ?? "";
            if (events.Contains("frozen 1", StringComparison.Ordinal))
            {
                return;
            }

            if (Environment.TickCount64 >= deadline)
            {
                throw Failure(directory, "freezing", $"its processes did not stop within {PatienceMilliseconds / 1000} seconds");
            }

            Pause.For(delay);
        }
    }

    private static void Check(CgroupDirectory directory, nint result)
    {
        if (result < 0)
        {
            throw Failure(directory, "freezing", result == -Errno.ENOENT ? "the kernel has no freezer" : Errno.Describe((int)-result));
        }
    }

    private static ContainerizeException Failure(CgroupDirectory directory, string doing, string why) =>
        new(CgroupError.Freezing, $"{doing} the cgroup {directory.Path}", why, "");
}
