namespace Containerize.Tool.Doctor;

/// <summary>What a check of the machine has found.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="Verdict">How it is.</param>
/// <param name="Text">What that means.</param>
/// <param name="Remedy">The command that mends it; null: there is nothing to mend.</param>
internal sealed record Finding(string Subject, Verdict Verdict, string Text, string? Remedy = null)
{
    internal static Finding Good(string subject, string text) => new(subject, Verdict.Good, text);

    internal static Finding Lacks(string subject, string text, string? remedy) => new(subject, Verdict.Lacks, text, remedy);

    internal static Finding Broken(string subject, string text, string? remedy) => new(subject, Verdict.Broken, text, remedy);
}
