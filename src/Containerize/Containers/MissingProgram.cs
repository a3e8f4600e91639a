namespace Containerize.Containers;

/// <summary>What the runtime says of a program that it does not find, in the words of those who know an image and no process.args.</summary>
/// <remarks>Engines look for the runtime's own words, so they stay what they are; these are the tool's.</remarks>
internal static class MissingProgram
{
    private const string Begin = "starting the container process: exec: \"";
    private static readonly string[] Reasons = ["executable file not found in $PATH", "no such file or directory"];
    private static readonly string[] Shells = ["sh", "bash", "ash", "dash", "zsh"];

    /// <summary>Why, and what to do next; null where it is something else that went wrong.</summary>
    public static string? TryTranslate(string words)
    {
        var begin = words.IndexOf(Begin, StringComparison.Ordinal);
        if (begin < 0)
        {
            return null;
        }

        var rest = words[(begin + Begin.Length)..];
        foreach (var reason in Reasons)
        {
            var end = rest.IndexOf($"\": {reason}", StringComparison.Ordinal);
            if (end > 0)
            {
                return $"the image has no program \"{rest[..end]}\" ({reason}). {Next(rest[..end])}";
            }
        }

        return null;
    }

    private static string Next(string program) => Shells.Contains(program[(program.LastIndexOf('/') + 1)..])
        ? "Images on the embedded base have no shell: name a program that is there."
        : program.Contains('/', StringComparison.Ordinal) ? "Check its path in the image." : "Check its name, and the container's PATH.";
}
