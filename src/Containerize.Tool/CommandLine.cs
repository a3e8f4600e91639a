using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Containerize.Tool.Containers;

namespace Containerize.Tool;

/// <summary>The whole command line: what can be said, and what runs then.</summary>
internal static class CommandLine
{
    private static readonly ParserConfiguration Parser = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    /// <summary>Runs one command; gives the exit code.</summary>
    internal static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellationToken)
    {
        var verbosity = VerbosityOption.Create();
        var withStack = false;
        try
        {
            var root = Create(terminal, verbosity, args.Count > 0 ? args[0] : null);
            if (args.Count > 0 && EngineCommands.NeedsRoot(args[0]))
            {
                Entering.IfPlainUser(terminal);
                EngineCommands.PrepareFor(args[0]);
            }

            var parsed = root.Parse(EngineCommands.Words(root, args), Parser);
            if (parsed.Action is ParseErrorAction)
            {
                return EngineCommands.FailureOf(args, ReportUsage(parsed, terminal));
            }

            withStack = parsed.Errors.Count == 0 && parsed.GetValue(verbosity) == Verbosity.Diagnostic;
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Out,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                cancellationToken);
        }
        catch (OperationCanceledException) when (args.Count > 0 && EngineCommands.OnlyLooks(args[0]))
        {
            // That is how one leaves them.
            return Failure.Interrupted;
        }
        catch (Exception e)
        {
            return EngineCommands.FailureOf(args, Failure.Report(e, terminal, withStack));
        }
    }

    /// <summary>The tree of commands; with a word that is a command's name, of that one alone.</summary>
    internal static RootCommand Create(Terminal terminal, Option<Verbosity> verbosity, string? word = null)
    {
        var root = new RootCommand("Builds OCI images from .NET projects, ships them and runs them: no Docker, no Dockerfile, no daemon.") { verbosity };
        foreach (var command in CommandTable.Create(word, terminal, verbosity))
        {
            root.Subcommands.Add(command);
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelp((HelpAction)help.Action!);
        foreach (var argument in root.Subcommands.SelectMany(c => c.Arguments).Where(a => !EngineCommands.IsContainers(a)))
        {
            argument.Validators.Add(RefuseUnknownOption);
        }

        return root;
    }

    // The parser takes an option that it does not know for an argument; no name and no project of ours begins so.
    private static void RefuseUnknownOption(ArgumentResult result)
    {
        foreach (var token in result.Tokens.Where(t => t.Value.Length > 1 && t.Value[0] == '-'))
        {
            result.AddError($"'{token.Value}' is not an option of this command");
        }
    }

    private static int ReportUsage(ParseResult parsed, Terminal terminal)
    {
        var command = parsed.CommandResult.Command;
        // Of a word that is not known also follows that others are missing.
        var unknown = parsed.UnmatchedTokens.Count > 0;
        var errors = parsed.Errors.Where(e => !unknown || parsed.UnmatchedTokens.Any(t => e.Message.Contains(t, StringComparison.Ordinal))).ToList();
        foreach (var error in (errors.Count > 0 ? errors : parsed.Errors).Select(e => OneLine(e.Message)).Distinct())
        {
            Failure.Write(terminal, "CTZ7021", $"reading the command line: {error}.");
        }

        terminal.Error.WriteLine($"Usage: {CommandUsage.Of(command)}");
        terminal.Error.WriteLine($"See '{CommandUsage.PathOf(command)} --help'.");
        return Failure.Usage;
    }

    // The parser lists choices on lines of their own.
    private static string OneLine(string message) =>
        string.Join(", ", message.TrimEnd('.').Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Replace(":, ", ": ", StringComparison.Ordinal);
}
