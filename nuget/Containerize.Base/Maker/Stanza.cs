namespace Containerize.Base.Maker;

/// <summary>One paragraph of a Debian control file (Debian policy 5.1): fields by name, in any case; continuation lines keep their indent.</summary>
internal static class Stanza
{
    public static Dictionary<string, string> Parse(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string? last = null;
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(' ') || line.StartsWith('\t'))
            {
                if (last is not null)
                {
                    fields[last] += "\n" + line;
                }
            }
            else if (line.IndexOf(':') is > 0 and var colon)
            {
                last = line[..colon];
                fields[last] = line[(colon + 1)..].Trim();
            }
        }

        return fields;
    }
}
