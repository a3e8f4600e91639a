namespace Containerize.Testing.Waiting;

/// <summary>What is waited for will never be so.</summary>
internal sealed class HopelessWaitException(string message) : Exception(message);
