using System.CommandLine;
using Containerize.Tool.Completions;

namespace Containerize.Tool.Commands;

/// <summary><c>completion</c>: a script for a shell, which asks this program what can follow.</summary>
internal static class CompletionCommand
{
    internal static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        var command = new Command("completion", "Prints a completion script for a shell.") { shell };
        command.SetAction(parsed =>
        {
            terminal.Out.Write(CompletionScripts.For(parsed.GetValue(shell)!));
            return 0;
        });
        return command;
    }
}
