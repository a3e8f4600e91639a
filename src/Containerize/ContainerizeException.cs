namespace Containerize;

/// <summary>The one exception that crosses layers: a numbered failure that a person can act on (docs/errors.md).</summary>
/// <remarks>
/// Every edge (MSBuild task, tool, runtime) has one catch for it and prints <see cref="Exception.Message"/> after the code;
/// nothing else may reach the user but as CTZ9001, a defect of ours.
/// </remarks>
public sealed class ContainerizeException : Exception
{
    private readonly string _doing;
    private readonly string _next;

    /// <summary>Creates a failure.</summary>
    /// <param name="number">The number in docs/errors.md, 1000 to 9999.</param>
    /// <param name="doing">What was being done to which thing, e.g. "reading the base image oci:/srv/base"; no full stop.</param>
    /// <param name="why">Why it failed; no full stop.</param>
    /// <param name="next">What the reader can do now, a sentence; empty where there is nothing to add.</param>
    /// <param name="inner">The exception behind it, shown at low importance only.</param>
    public ContainerizeException(int number, string doing, string why, string next, Exception? inner = null)
        : base(Text(doing, why, next), inner)
    {
        (_doing, Why, _next) = (doing, why, next);
        Number = number;
    }

    /// <summary>The number in docs/errors.md.</summary>
    public int Number { get; }

    /// <summary>Why it failed, without the rest, for a message that says it in another place.</summary>
    internal string Why { get; }

    /// <summary>The code as users see it: CTZ and four digits.</summary>
    public string Code => $"CTZ{Number:0000}";

    /// <summary>The file that the failure is about (a project, a Containerfile), where there is one.</summary>
    public string? File { get; init; }

    /// <summary>The line in <see cref="File"/>, from 1; 0 where unknown.</summary>
    public int Line { get; init; }

    /// <summary>The column in <see cref="File"/>, from 1; 0 where unknown.</summary>
    public int Column { get; init; }

    /// <summary>The same failure with what somebody further out knows of it.</summary>
    /// <param name="doing">What was being done there; null: what it says.</param>
    /// <param name="before">Why it came to that at all.</param>
    /// <param name="also">What the reader can do besides.</param>
    internal ContainerizeException Retold(string? doing = null, string? before = null, string? also = null) =>
        new(Number, doing ?? _doing, before is null ? Why : $"{before}: {Why}", also is null ? _next : $"{_next} {also}".TrimStart(), InnerException)
        {
            File = File,
            Line = Line,
            Column = Column,
        };

    // Words of others may end with a question.
    private static string Text(string doing, string why, string next) =>
        $"{doing}: {why}{(why.EndsWith('?') || why.EndsWith('!') ? "" : ".")}{(next.Length == 0 ? "" : " ")}{next}";
}
