using System.Text.RegularExpressions;

namespace Containerize.Testing.Waiting;

/// <summary>A line that the container prints.</summary>
internal sealed class LogCondition(Regex pattern) : WaitCondition
{
    internal override ConditionCheck Begin(StartedContainer container)
    {
        // Each line as it comes: it may be out of the log again when somebody looks.
        var matched = false;
        container.Log.Added += line => matched |= IsMatch(line);
        return _ => Task.FromResult(Volatile.Read(ref matched) ? null : $"no line that it prints matches {pattern}");
    }

    private bool IsMatch(string line)
    {
        try
        {
            return pattern.IsMatch(line);
        }
        catch (RegexMatchTimeoutException)
        {
            // The user's own limit for one line.
            return false;
        }
    }
}
