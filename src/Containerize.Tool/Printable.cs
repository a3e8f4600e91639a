using System.Text;

namespace Containerize.Tool;

/// <summary>Text of images and archives as it may reach a terminal: no control characters, which could move the cursor or forge lines.</summary>
internal static class Printable
{
    internal static string Of(string text)
    {
        if (!text.Any(IsHostile))
        {
            return text;
        }

        var safe = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            safe.Append(c switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when IsHostile(c) => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return safe.ToString();
    }

    // Besides controls: the bidirectional overrides (CVE-2021-42574), which reorder what is read.
    private static bool IsHostile(char c) => char.IsControl(c) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
