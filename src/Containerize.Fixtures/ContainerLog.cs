using System.Text;

namespace Containerize.Testing;

/// <summary>What a container prints, line by line; of much only the end is kept. Before there is a container, it is what the tool says.</summary>
/// <param name="isMade">Whether there is a container: nothing of it runs before that.</param>
internal sealed class ContainerLog(Func<bool> isMade)
{
    private const int Most = 1 << 20;
    private const int LongestLine = 1 << 16;
    private readonly Queue<string> _lines = new();
    private int _length;
    private bool _isContainers;

    /// <summary>Told of each line of the container, one at a time.</summary>
    internal event Action<string>? Added;

    internal IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>The lines, and the tool's own error among them: the last one of the container's, or what it says before there is one.</summary>
    internal (IReadOnlyList<string> Lines, string? Error) LinesAndError()
    {
        const string ToolError = "error CTZ";
        lock (_lines)
        {
            var lines = _lines.ToList();
            var at = lines.FindLastIndex(line => line.StartsWith(ToolError, StringComparison.Ordinal));
            return at < 0 || (_isContainers && at < lines.Count - 1) ? (lines, null) : (lines[..at], lines[at]);
        }
    }

    /// <summary>Takes lines from a stream until its end; one that never ends is cut.</summary>
    internal async Task ReadAsync(StreamReader from)
    {
        var line = new StringBuilder();
        var buffer = new char[4096];
        int read;
        while ((read = await from.ReadAsync(buffer)) > 0)
        {
            foreach (var c in buffer.AsSpan(0, read))
            {
                if (c == '\n' || line.Length == LongestLine)
                {
                    Add(line);
                }

                if (c != '\n')
                {
                    line.Append(c);
                }
            }
        }

        if (line.Length > 0)
        {
            Add(line);
        }
    }

    private void Add(StringBuilder text)
    {
        var line = text.ToString().TrimEnd('\r');
        text.Clear();
        lock (_lines)
        {
            if (!_isContainers && isMade())
            {
                _isContainers = true;
                _lines.Clear();
                _length = 0;
            }

            _lines.Enqueue(line);
            _length += line.Length + 1;
            while (_length > Most)
            {
                _length -= _lines.Dequeue().Length + 1;
            }

            if (_isContainers)
            {
                Added?.Invoke(line);
            }
        }
    }
}
