using System.Text;

namespace Containerize.Tool;

/// <summary>The process's surroundings as one value: where text goes, where bytes come from, and what is known of both.</summary>
internal sealed record Terminal : IDisposable
{
    /// <summary>Results.</summary>
    internal required TextWriter Out { get; init; }

    /// <summary>Everything else: progress, warnings, errors.</summary>
    internal required TextWriter Error { get; init; }

    /// <summary>Opens standard input for bytes.</summary>
    internal required Func<Stream> OpenInput { get; init; }

    /// <summary>Opens standard output for bytes.</summary>
    internal required Func<Stream> OpenOutput { get; init; }

    /// <summary>Reads what somebody types, to the end of the line; null where nobody is there any more.</summary>
    internal Func<string?> ReadLine { get; init; } = Keyboard.ReadLine;

    /// <summary>Whether standard input is a file or a pipe.</summary>
    internal required bool InputRedirected { get; init; }

    /// <summary>Whether standard output is a file or a pipe.</summary>
    internal required bool OutputRedirected { get; init; }

    /// <summary>Whether standard error is a file or a pipe.</summary>
    internal required bool ErrorRedirected { get; init; }

    /// <summary>Reads an environment variable.</summary>
    internal required Func<string, string?> Variable { get; init; }

    /// <summary>The folder that relative paths are in.</summary>
    internal required string Directory { get; init; }

    /// <summary>How results are decorated.</summary>
    internal Style Style => new(Colour: !OutputRedirected && AllowsColour);

    /// <summary>How errors are decorated.</summary>
    internal Style ErrorStyle => new(Colour: !ErrorRedirected && AllowsColour);

    // https://no-color.org: set and not empty.
    private bool AllowsColour => string.IsNullOrEmpty(Variable("NO_COLOR")) && Variable("TERM") != "dumb";

    /// <summary>The surroundings of this process.</summary>
    internal static Terminal OfProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = Encoding.UTF8;
        }

        return new Terminal
        {
            Out = Utf8(Console.OpenStandardOutput()),
            Error = Utf8(Console.OpenStandardError()),
            OpenInput = Console.OpenStandardInput,
            OpenOutput = Console.OpenStandardOutput,
            InputRedirected = Console.IsInputRedirected,
            OutputRedirected = Console.IsOutputRedirected,
            ErrorRedirected = Console.IsErrorRedirected,
            Variable = Environment.GetEnvironmentVariable,
            Directory = Environment.CurrentDirectory,
        };
    }

    /// <summary>An absolute path of what the user wrote.</summary>
    internal string PathOf(string path) => Path.GetFullPath(path, Directory);

    /// <inheritdoc />
    public void Dispose()
    {
        Out.Dispose();
        Error.Dispose();
    }

    private static StreamWriter Utf8(Stream stream) => new(stream, new UTF8Encoding(false), 4096) { AutoFlush = true, NewLine = "\n" };
}
