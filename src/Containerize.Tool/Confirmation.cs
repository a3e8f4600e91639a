namespace Containerize.Tool;

/// <summary>The question before something is removed that nobody has named.</summary>
internal static class Confirmation
{
    /// <summary>Whether it may be removed: --force was given, or the answer is yes. No answer is none.</summary>
    /// <param name="force">Whether nothing is asked.</param>
    /// <param name="terminal">Who is asked.</param>
    /// <param name="what">What is removed.</param>
    internal static bool IsGiven(bool force, Terminal terminal, string what)
    {
        if (force)
        {
            return true;
        }

        terminal.Error.Write($"This removes {what}. Go on? [y/N] ");
        var answer = terminal.ReadLine();
        if (answer is null)
        {
            terminal.Error.WriteLine();
        }

        if (answer?.Trim().ToLowerInvariant() is "y" or "yes")
        {
            return true;
        }

        terminal.Error.WriteLine("Nothing was removed; --force does not ask.");
        return false;
    }
}
