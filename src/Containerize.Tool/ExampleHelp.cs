using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Containerize.Tool;

/// <summary>The help of the library, and then what people copy: examples.</summary>
internal sealed class ExampleHelp : SynchronousCommandLineAction
{
    private const int Width = 100;
    private readonly HelpAction _inner;

    internal ExampleHelp(HelpAction inner)
    {
        _inner = inner;
        // One width everywhere, so that help is the same text in a pipe and in a window.
        _inner.MaxWidth = Width;
    }

    public override bool ClearsParseErrors => true;

    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var output = parseResult.InvocationConfiguration.Output;
        parseResult.InvocationConfiguration.Output = text;
        var code = _inner.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        output.WriteLine(string.Join('\n', text.ToString().ReplaceLineEndings("\n").TrimEnd().Split('\n').Select(Line)));
        var command = parseResult.CommandResult.Command;
        if (CommandExamples.For(command) is { Count: > 0 } examples)
        {
            output.WriteLine("\nExamples:");
            foreach (var example in examples)
            {
                output.WriteLine($"  {example}");
            }
        }

        return code;
    }

    // The usage line has the name of the process, which is not how it is called.
    private static string Line(string line)
    {
        var process = "  " + RootCommand.ExecutableName;
        return (line.StartsWith(process, StringComparison.Ordinal) ? $"  {CommandUsage.Program}{line[process.Length..]}" : line).TrimEnd();
    }
}
