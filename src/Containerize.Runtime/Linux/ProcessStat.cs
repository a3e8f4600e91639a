using System.Globalization;

namespace Containerize.Runtime.Linux;

/// <summary>What /proc/PID/stat says of a process (proc(5)).</summary>
/// <param name="IsAlive">Whether it is more than a zombie.</param>
/// <param name="Start">When it began, in ticks since boot.</param>
/// <param name="IsStopped">Whether a signal stopped it.</param>
internal sealed record ProcessStat(bool IsAlive, ulong Start, bool IsStopped)
{
    /// <summary>Reads it; null where there is no such process.</summary>
    public static ProcessStat? TryRead(int pid)
    {
        try
        {
            var text = FileSystem.ReadText(Descriptor.WorkingDirectory, $"/proc/{pid}/stat");
            // The name, in parentheses, may have any character in it.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessStat(fields[0] is not ("Z" or "X"), ulong.Parse(fields[19], CultureInfo.InvariantCulture), fields[0] is "T" or "t");
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOENT or Errno.ESRCH)
        {
            return null;
        }
    }
}
