namespace Containerize.Testing;

/// <summary>How a program ended that was run in a container, and what it printed.</summary>
/// <param name="ExitCode">Its exit code; 126 and 127: it could not be started.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record ExecResult(int ExitCode, string Output, string Error);
