namespace Containerize.Testing;

/// <summary>A container that a test needs is not there: the message has the reason, the exit code and the last lines of its log.</summary>
public sealed class ContainerFixtureException : Exception
{
    private const int LastLines = 40;

    internal ContainerFixtureException(string code, string text, Exception? cause = null)
        : base($"{code}: {text}", cause) => Code = code;

    /// <summary>One that shows what was printed.</summary>
    /// <param name="code">The number.</param>
    /// <param name="text">Doing what, to which thing: why. What to do next.</param>
    /// <param name="exitCode">The container's exit code.</param>
    /// <param name="lines">What it printed; null where there is no container that could have.</param>
    internal ContainerFixtureException(string code, string text, int? exitCode, IReadOnlyList<string>? lines)
        : base($"{code}: {text}{End(exitCode)}{Last(lines)}") => (Code, ExitCode, Logs) = (code, exitCode, string.Join('\n', lines ?? []));

    /// <summary>The number of the error, as in docs/errors.md.</summary>
    public string Code { get; }

    /// <summary>The container's exit code; null where it has not ended.</summary>
    public int? ExitCode { get; }

    /// <summary>What was printed, from its last mebibyte.</summary>
    public string Logs { get; } = "";

    private static string End(int? exitCode) => exitCode is { } code ? $"\nExit code: {code}" : "";

    private static string Last(IReadOnlyList<string>? lines) =>
        lines is null ? ""
        : lines.Count == 0 ? "\nIt printed nothing."
        : lines.Count <= LastLines ? $"\nIt printed:{Quoted(lines)}"
        : $"\nThe last {LastLines} of the {lines.Count} lines that it printed:{Quoted(lines.TakeLast(LastLines))}";

    private static string Quoted(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"\n  | {line}"));
}
