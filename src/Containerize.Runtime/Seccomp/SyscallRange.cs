namespace Containerize.Runtime.Seccomp;

/// <summary>Numbers that are dealt with alike, to the next range's start.</summary>
/// <param name="Start">The first number.</param>
/// <param name="Action">What is done, where none of the conditional actions matches.</param>
/// <param name="Conditional">What is done with certain arguments, in the order in which they are asked; then the range is one number.</param>
internal sealed record SyscallRange(uint Start, uint Action, IReadOnlyList<ConditionalAction> Conditional);
