namespace Containerize.Tool;

/// <summary>The one place where failures become text and exit codes: 1 failed, 2 usage, 130 interrupted.</summary>
internal static class Failure
{
    internal const int Failed = 1;
    internal const int Usage = 2;
    internal const int Interrupted = 130;

    /// <summary>Writes what went wrong; gives the exit code.</summary>
    internal static int Report(Exception exception, Terminal terminal, bool withStack)
    {
        if (exception is OperationCanceledException)
        {
            terminal.Error.WriteLine("Interrupted; nothing is left half.");
            return Interrupted;
        }

        if (exception is ContainerizeException known)
        {
            Write(terminal, known.Code, known.Message);
            WriteStack(exception.InnerException, terminal, withStack);
            return known.Number is >= 7021 and <= 7029 ? Usage : Failed;
        }

        Write(
            terminal,
            "CTZ9001",
            $"{exception.GetType().Name}: {exception.Message.TrimEnd('.')}. This is a defect of Containerize: please report it with the output of the same command and '-v diag'.");
        WriteStack(exception, terminal, withStack);
        return Failed;
    }

    /// <summary>Writes one error line.</summary>
    internal static void Write(Terminal terminal, string code, string text) =>
        terminal.Error.WriteLine($"{terminal.ErrorStyle.Red("error")} {code}: {Printable.Of(text)}");

    private static void WriteStack(Exception? exception, Terminal terminal, bool withStack)
    {
        if (withStack && exception is not null)
        {
            terminal.Error.WriteLine(exception.ToString());
        }
    }
}
