namespace Containerize.Runtime;

/// <summary>The exit codes that docker has for what could not be started.</summary>
/// <remarks>https://docs.docker.com/engine/containers/run/#exit-status</remarks>
internal static class StartFailure
{
    private const int General = 125;
    private const int NotExecutable = 126;
    private const int NotFound = 127;

    /// <summary>What the kernel or we said of it tells which.</summary>
    public static int CodeOf(string message)
    {
        if (!message.Contains("exec", StringComparison.Ordinal))
        {
            return General;
        }

        if (message.Contains("executable file not found", StringComparison.Ordinal) || message.Contains("no such file or directory", StringComparison.OrdinalIgnoreCase))
        {
            return NotFound;
        }

        string[] unusable = ["permission denied", "is a directory", "exec format error"];
        return unusable.Any(text => message.Contains(text, StringComparison.OrdinalIgnoreCase)) ? NotExecutable : General;
    }
}
