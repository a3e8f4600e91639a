using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Containerize.Runtime.Monitoring;

/// <summary>A container's log in the form of the container runtime interface: time, stream, F (or P for a part of a line), text.</summary>
/// <remarks>https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md</remarks>
internal sealed class LogFile : IDisposable
{
    /// <summary>A line that is longer is written in parts.</summary>
    private const int LongestLine = 16384;

    private const int MostAtOnce = 65536;

    private readonly string _path;
    private readonly long _most;
    private readonly int _files;
    private readonly ArrayBufferWriter<byte> _lines = new(MostAtOnce);
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
        var head = Head(stream);
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var taken = Math.Min(end < 0 ? bytes.Length : end, LongestLine - rest.Count);
            var text = bytes[..taken];
            bytes = bytes[taken..];
            if (end >= 0 && taken == end)
            {
                AddLine(head, 'F', rest, text);
                bytes = bytes[1..];
            }
            else if (rest.Count + taken == LongestLine)
            {
                AddLine(head, 'P', rest, text);
            }
            else
            {
                rest.AddRange(text);
            }
        }

        Flush();
    }

    /// <summary>Writes what is left when the stream has ended.</summary>
    public void Finish(string stream, List<byte> rest)
    {
        if (rest.Count > 0)
        {
            AddLine(Head(stream), 'P', rest, []);
            Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // What came at once has one time, and is one write.
    private static byte[] Head(string stream) =>
        Encoding.ASCII.GetBytes(DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z '", CultureInfo.InvariantCulture) + stream + " ");

    private void AddLine(ReadOnlySpan<byte> head, char kind, List<byte> rest, ReadOnlySpan<byte> text)
    {
        var length = head.Length + 2 + rest.Count + text.Length + 1;
        if (_most > 0 && _size + length > _most && _size > 0)
        {
            Flush();
            Rotate();
        }

        if (_lines.WrittenCount + length > MostAtOnce)
        {
            Flush();
        }

        var line = _lines.GetSpan(length);
        head.CopyTo(line);
        line[head.Length] = (byte)kind;
        line[head.Length + 1] = (byte)' ';
        CollectionsMarshal.AsSpan(rest).CopyTo(line[(head.Length + 2)..]);
        text.CopyTo(line[(head.Length + 2 + rest.Count)..]);
        line[length - 1] = (byte)'\n';
        _lines.Advance(length);
        _size += length;
        rest.Clear();
    }

    private void Flush()
    {
        if (_lines.WrittenCount > 0)
        {
            // A full disk loses lines, and not the container.
            Commands.Output.Write(_lines.WrittenSpan, _file.Number);
            _lines.ResetWrittenCount();
        }
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
            // One file alone begins anew; whoever reads the one before has it to its end.
            FileSystem.TryRemove(Descriptor.WorkingDirectory, _path, isDirectory: false);
        }

        _file.Dispose();
        _file = Open();
        _size = 0;
    }

    private Descriptor Open() =>
        FileSystem.Open(Descriptor.WorkingDirectory, _path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append, ResolveFlags.None, 0b110_100_000);
}
