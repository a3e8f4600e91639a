using System.Globalization;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Monitoring;

/// <summary>Stops and resumes a container's processes by signals, where no cgroup could freeze them: those of the pid namespace that its first process began.</summary>
/// <remarks>Unlike what is frozen, a parent can see that a child was stopped, as by a shell's Ctrl-Z.</remarks>
internal static class ProcessStop
{
    private const int Resumes = 18;
    private const int Stops = 19;
    private const int MostRounds = 1000;

    /// <summary>Stops them; returns when all stand.</summary>
    /// <param name="first">The container's first process, as we number it.</param>
    public static void Stop(int first)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            // Until nothing new is found: who runs may fork before he is stopped.
            if (Signal(first, Stops, stat => stat.IsAlive && !stat.IsStopped) == 0)
            {
                return;
            }

            Cgroups.Pause.For(1);
        }

        Resume(first);
        throw Failure.Of(6008, "pausing the container", "new processes appear faster than they can be stopped");
    }

    /// <summary>Lets them run again.</summary>
    public static void Resume(int first) => Signal(first, Resumes, stat => stat.IsAlive);

    /// <summary>Whether its first process is also the first of its pid namespace, so that all there are the container's.</summary>
    public static bool OwnsNamespace(int first)
    {
        foreach (var line in FileSystem.ReadText(Descriptor.WorkingDirectory, $"/proc/{first}/status").Split('\n'))
        {
            if (line.StartsWith("NSpid:", StringComparison.Ordinal))
            {
                return line.Split('\t') is [_, _, .., "1"];
            }
        }

        return false;
    }

    private static int Signal(int first, int signal, Predicate<ProcessStat> applies)
    {
        var own = FileSystem.ReadLink(Descriptor.WorkingDirectory, $"/proc/{first}/ns/pid");
        var count = 0;
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && IsIn(pid, own)
                && ProcessStat.TryRead(pid) is { } stat && applies(stat))
            {
                Syscall.Try(SyscallNumber.Kill, pid, signal);
                count++;
            }
        }

        return count;
    }

    private static bool IsIn(int pid, string space)
    {
        try
        {
            return FileSystem.ReadLink(Descriptor.WorkingDirectory, $"/proc/{pid}/ns/pid") == space;
        }
        catch (SyscallException)
        {
            // It has ended, or is none of ours.
            return false;
        }
    }
}
