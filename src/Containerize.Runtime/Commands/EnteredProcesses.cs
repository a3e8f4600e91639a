using System.Globalization;
using System.Text;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Commands;

/// <summary>Who is in the user namespace of a plain user's containers: a list of processes with their starts, which is locked while it is open.</summary>
internal sealed class EnteredProcesses : IDisposable
{
    private const int MostBytes = 1 << 20;
    private readonly Descriptor _file;
    private readonly List<(int Pid, ulong Start)> _living;

    private EnteredProcesses(Descriptor file)
    {
        _file = file;
        const int Exclusive = 2;
        Syscall.Check(Syscall.Try(SyscallNumber.Flock, file.Number, Exclusive), "flock", "the list of those who entered");
        _living = Read(Encoding.ASCII.GetString(FileSystem.ReadToEnd(file.Number, MostBytes, "the list of those who entered")));
    }

    /// <summary>Opens the list that goes with a directory of containers.</summary>
    public static EnteredProcesses Open(string containers) =>
        new(FileSystem.Open(Descriptor.WorkingDirectory, containers.TrimEnd('/') + ".entered", OpenFlags.ReadWrite | OpenFlags.Create, mode: 0b110_000_000));

    /// <summary>The namespace of one of them; null where nobody is left.</summary>
    public Descriptor? FindNamespace()
    {
        foreach (var (pid, _) in _living)
        {
            var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, $"/proc/{pid}/ns/user", OpenFlags.ReadOnly);
            if (opened >= 0)
            {
                return new Descriptor((int)opened);
            }
        }

        return null;
    }

    /// <summary>Adds one.</summary>
    public void Add(int pid)
    {
        if (ProcessStat.TryRead(pid) is not { } stat)
        {
            return;
        }

        var text = new StringBuilder();
        foreach (var (other, start) in _living.Append((pid, stat.Start)))
        {
            text.Append(CultureInfo.InvariantCulture, $"{other} {start}\n");
        }

        Syscall.Try(SyscallNumber.Ftruncate, _file.Number, 0);
        Syscall.Try(SyscallNumber.Lseek, _file.Number, 0, 0);
        FileSystem.TryWrite(_file.Number, Encoding.ASCII.GetBytes(text.ToString()));
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static List<(int Pid, ulong Start)> Read(string text)
    {
        var living = new List<(int, ulong)>();
        foreach (var line in text.Split('\n'))
        {
            var fields = line.Split(' ');
            if (fields.Length == 2 && int.TryParse(fields[0], out var pid) && ulong.TryParse(fields[1], out var start) && ProcessStat.TryRead(pid) is { IsAlive: true } stat && stat.Start == start)
            {
                living.Add((pid, start));
            }
        }

        return living;
    }
}
