namespace Containerize.Containers.Options;

/// <summary>Reads <c>-e</c> and <c>--env-file</c> as docker has them.</summary>
public static class EnvironmentOption
{
    private const int MaxBytes = 1 << 20;

    /// <summary><c>NAME=VALUE</c> of what was written; a name alone has the caller's value, and null is nothing where that has none. CTZ5020 for another text.</summary>
    public static string? Read(string option, string text, Func<string, string?> variable)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals == 0 || text.Length == 0 || text.Contains('\0', StringComparison.Ordinal))
        {
            throw OptionErrors.Wrong(option, text, "it has no name", "Write NAME=VALUE, or NAME for the value that it has here.");
        }

        return equals > 0 ? text : variable(text) is { } value ? $"{text}={value}" : null;
    }

    /// <summary>The variables of a file: one on each line, '#' before remarks; CTZ5020 for a line or a file that cannot be read.</summary>
    public static IReadOnlyList<string> ReadFile(string option, string path, Func<string, string?> variable)
    {
        string[] lines;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
            {
                throw OptionErrors.Wrong(option, path, "it is larger than 1 MiB", "Name a file of lines NAME=VALUE.");
            }

            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OptionErrors.Wrong(option, path, e.Message.TrimEnd('.'), "Name a file of lines NAME=VALUE.");
        }

        var variables = new List<string>();
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimStart();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var name = line.Split('=')[0];
            if (name.Length == 0 || name.Any(char.IsWhiteSpace))
            {
                throw OptionErrors.Wrong(option, path, $"line {i + 1} is not NAME=VALUE: a name has no spaces", "Correct the line; values are not quoted.");
            }

            if (Read(option, line, variable) is { } entry)
            {
                variables.Add(entry);
            }
        }

        return variables;
    }

    /// <summary>One list over another: the last of a name counts, and stands where the first stood.</summary>
    public static IReadOnlyList<string> Over(IEnumerable<string> entries)
    {
        var result = new List<string>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var name = entry.Split('=')[0];
            if (places.TryGetValue(name, out var at))
            {
                result[at] = entry;
            }
            else
            {
                places[name] = result.Count;
                result.Add(entry);
            }
        }

        return result;
    }
}
