using System.Text;

namespace Containerize.Base.Maker;

/// <summary>The machine's own apt sources, cut down to the suites of the base: no mirror is named here.</summary>
internal static class AptSources
{
    private static readonly string[] Kinds = ["", "-updates", "-security"];

    /// <summary>Copies the entries for the suite into a folder of source parts, for any architecture.</summary>
    public static void CopyTo(string folder, string suite)
    {
        Directory.CreateDirectory(folder);
        var oneLine = new StringBuilder();
        var stanzas = new StringBuilder();
        foreach (var file in Files())
        {
            var text = File.ReadAllText(file);
            if (file.EndsWith(".sources", StringComparison.Ordinal))
            {
                AddStanzas(text, suite, stanzas);
            }
            else
            {
                AddLines(text, suite, oneLine);
            }
        }

        if (oneLine.Length + stanzas.Length == 0)
        {
            throw new MakingFailed(
                $"None of this machine's apt sources in /etc/apt has the suite {suite}. Add Debian's {suite}, {suite}-updates and {suite}-security to them.");
        }

        File.WriteAllText(Path.Combine(folder, "base.list"), oneLine.ToString());
        File.WriteAllText(Path.Combine(folder, "base.sources"), stanzas.ToString());
    }

    private static IEnumerable<string> Files()
    {
        const string list = "/etc/apt/sources.list", parts = "/etc/apt/sources.list.d";
        var files = Directory.Exists(parts) ? Directory.GetFiles(parts) : [];
        return files
            .Where(f => f.EndsWith(".list", StringComparison.Ordinal) || f.EndsWith(".sources", StringComparison.Ordinal))
            .Concat(File.Exists(list) ? [list] : [])
            .Order(StringComparer.Ordinal);
    }

    // sources.list(5), "one-line-style format": deb [ option=value ... ] uri suite component...
    private static void AddLines(string text, string suite, StringBuilder result)
    {
        foreach (var line in text.Split('\n').Select(l => l.Split('#')[0].Trim()).Where(l => l.StartsWith("deb ", StringComparison.Ordinal) || l.StartsWith("deb\t", StringComparison.Ordinal)))
        {
            var rest = line[3..].Trim();
            var options = "";
            if (rest.StartsWith('['))
            {
                var end = rest.IndexOf(']');
                options = string.Join(' ', Words(rest[1..end]).Where(o => !o.StartsWith("arch", StringComparison.Ordinal)));
                rest = rest[(end + 1)..].Trim();
            }

            var words = Words(rest);
            if (words.Length >= 3 && Wanted(words[1], suite))
            {
                result.Append(options.Length > 0 ? $"deb [{options}] " : "deb ").AppendJoin(' ', words).Append('\n');
            }
        }
    }

    // sources.list(5), "deb822-style format".
    private static void AddStanzas(string text, string suite, StringBuilder result)
    {
        var withoutComments = string.Join('\n', text.Split('\n').Where(l => !l.StartsWith('#')));
        foreach (var stanza in withoutComments.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var fields = Stanza.Parse(stanza);
            var suites = Words(fields.GetValueOrDefault("Suites", "")).Where(s => Wanted(s, suite)).ToList();
            if (suites.Count == 0 || !Words(fields.GetValueOrDefault("Types", "")).Contains("deb") || fields.GetValueOrDefault("Enabled", "yes") is "no" or "false")
            {
                continue;
            }

            foreach (var (name, value) in fields)
            {
                var kept = name switch
                {
                    "Types" => "deb",
                    "Suites" => string.Join(' ', suites),
                    "Architectures" => null,
                    _ => value,
                };
                if (kept is not null)
                {
                    result.Append(name).Append(": ").Append(kept).Append('\n');
                }
            }

            result.Append('\n');
        }
    }

    private static bool Wanted(string entry, string suite) => Kinds.Any(k => entry == suite + k || entry == $"{suite}/updates");

    private static string[] Words(string text) => text.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
