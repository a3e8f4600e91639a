using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Containerize.Testing;

/// <summary>A folder as text, one line per entry, ordered by the bytes of the paths, the folder itself left out; Linux (GNU find).</summary>
public static class TreeDump
{
    // Each field ends with NUL, the one byte that no name and no link target contains.
    private static readonly string[] Fields = ["%y", "%m", "%U", "%G", "%T@", "%s", "%l", "%P"];

    /// <summary>Dumps a folder in the form of <see cref="TarDump"/>; links are shown and not followed.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="times">Whether modification times are shown; else '*'.</param>
    public static string Of(string directory, bool times = true)
    {
        var found = Find(directory);
        var entries = new List<(byte[] Path, string Line)>();
        for (var i = 0; i + Fields.Length <= found.Count; i += Fields.Length)
        {
            var path = found[i + 7];
            entries.Add((path, Line(directory, found.GetRange(i, Fields.Length), times)));
        }

        entries.Sort((a, b) => a.Path.AsSpan().SequenceCompareTo(b.Path));
        return string.Concat(entries.Select(entry => entry.Line + "\n"));
    }

    private static string Line(string directory, List<byte[]> fields, bool times)
    {
        var text = fields.ConvertAll(Encoding.UTF8.GetString);
        var type = text[0] == "f" ? '-' : text[0][0];
        var seconds = (long)Math.Floor(decimal.Parse(text[4], CultureInfo.InvariantCulture));
        return DumpLine.Of(
            type,
            Convert.ToInt32(text[1], 8),
            long.Parse(text[2], CultureInfo.InvariantCulture),
            long.Parse(text[3], CultureInfo.InvariantCulture),
            times ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
            long.Parse(text[5], CultureInfo.InvariantCulture),
            type == '-' ? Hash(Path.Combine(directory, text[7])) : "-",
            fields[7],
            fields[6]);
    }

    // A name that is not UTF-8 cannot be opened by .NET.
    private static string Hash(string path)
    {
        if (!File.Exists(path))
        {
            return "????????????";
        }

        using var file = File.OpenRead(path);
        return DumpLine.HashPrefix(file);
    }

    private static List<byte[]> Find(string directory)
    {
        var start = new ProcessStartInfo("find") { RedirectStandardOutput = true };
        foreach (var argument in (string[])[directory, "-mindepth", "1", "-printf", string.Concat(Fields.Select(field => field + "\\0"))])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"find {directory} failed with {process.ExitCode}");
        }

        var fields = new List<byte[]>();
        var bytes = output.ToArray().AsSpan();
        while (bytes.IndexOf((byte)0) is var end and >= 0)
        {
            fields.Add(bytes[..end].ToArray());
            bytes = bytes[(end + 1)..];
        }

        return fields;
    }
}
