namespace Containerize.Containers;

/// <summary>A line of a container's log, or a part of one.</summary>
/// <param name="TimeText">When it was printed, as it stands in the file: RFC 3339.</param>
/// <param name="Stream">stdout or stderr.</param>
/// <param name="IsWhole">Whether a line ends here.</param>
/// <param name="Text">What was printed.</param>
public sealed record LogEntry(string TimeText, string Stream, bool IsWhole, ReadOnlyMemory<byte> Text)
{
    /// <summary>When it was printed.</summary>
    public DateTimeOffset Time =>
        DateTimeOffset.TryParse(TimeText, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time) ? time : default;

    /// <summary>Reads a line of the file; null where it is none.</summary>
    public static LogEntry? TryParse(ReadOnlySpan<byte> line)
    {
        // TIME STREAM F|P TEXT
        var first = line.IndexOf((byte)' ');
        var second = first < 0 ? -1 : line[(first + 1)..].IndexOf((byte)' ');
        if (second < 0 || line.Length < first + second + 4)
        {
            return null;
        }

        var kind = line[first + second + 2];
        return new LogEntry(
            System.Text.Encoding.ASCII.GetString(line[..first]),
            System.Text.Encoding.ASCII.GetString(line.Slice(first + 1, second)),
            kind == (byte)'F',
            line[(first + second + 4)..].ToArray());
    }
}
