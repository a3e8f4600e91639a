using System.Globalization;
using System.Text;

namespace Containerize.Runtime.Monitoring;

/// <summary>A container's log in the form of the container runtime interface: time, stream, F (or P for a part of a line), text.</summary>
/// <remarks>https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md</remarks>
internal sealed class LogFile : IDisposable
{
    /// <summary>A line that is longer is written in parts.</summary>
    private const int LongestLine = 16384;

    private readonly string _path;
    private readonly long _most;
    private readonly int _files;
    private Descriptor _file;
    private long _size;

    /// <summary>Opens a log, to which is added.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="most">The size at which it becomes PATH.1, in bytes; 0: never.</param>
    /// <param name="files">How many files are kept: PATH, PATH.1 and so on.</param>
    public LogFile(string path, long most, int files = 2)
    {
        _path = path;
        _most = most;
        _files = files;
        _file = Open();
        _size = (long)Syscall.Try(SyscallNumber.Lseek, _file.Number, 0, 2);
    }

    /// <summary>Writes what came of a stream; what does not end with its line waits in the rest.</summary>
    /// <param name="stream">"stdout" or "stderr".</param>
    /// <param name="rest">What is left of before; afterwards what is left now.</param>
    /// <param name="bytes">What came.</param>
    public void Write(string stream, List<byte> rest, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var taken = Math.Min(end < 0 ? bytes.Length : end, LongestLine - rest.Count);
            foreach (var value in bytes[..taken])
            {
                rest.Add(value);
            }

            bytes = bytes[taken..];
            if (end >= 0 && taken == end)
            {
                WriteLine(stream, 'F', rest);
                bytes = bytes[1..];
            }
            else if (rest.Count == LongestLine)
            {
                WriteLine(stream, 'P', rest);
            }
        }
    }

    /// <summary>Writes what is left when the stream has ended.</summary>
    public void Finish(string stream, List<byte> rest)
    {
        if (rest.Count > 0)
        {
            WriteLine(stream, 'P', rest);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void WriteLine(string stream, char kind, List<byte> text)
    {
        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);
        var line = new byte[Encoding.ASCII.GetByteCount($"{time} {stream} {kind} ") + text.Count + 1];
        var at = Encoding.ASCII.GetBytes($"{time} {stream} {kind} ", line);
        text.CopyTo(line, at);
        line[^1] = (byte)'\n';
        text.Clear();
        if (_most > 0 && _size + line.Length > _most && _size > 0)
        {
            Rotate();
        }

        // A full disk loses lines, and not the container.
        Commands.Output.Write(line, _file.Number);
        _size += line.Length;
    }

    private void Rotate()
    {
        for (var number = _files - 1; number > 0; number--)
        {
            using var from = new NativeText(number == 1 ? _path : $"{_path}.{number - 1}");
            using var to = new NativeText($"{_path}.{number}");
            Syscall.Try(SyscallNumber.Renameat2, Descriptor.WorkingDirectory, from.Address, Descriptor.WorkingDirectory, to.Address, 0);
        }

        if (_files <= 1)
        {
            // One file alone begins anew.
            Syscall.Try(SyscallNumber.Ftruncate, _file.Number, 0);
        }

        _file.Dispose();
        _file = Open();
        _size = 0;
    }

    private Descriptor Open() =>
        FileSystem.Open(Descriptor.WorkingDirectory, _path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append, ResolveFlags.None, 0b110_100_000);
}
