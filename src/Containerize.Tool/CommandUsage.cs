using System.CommandLine;

namespace Containerize.Tool;

/// <summary>A command as it is called.</summary>
internal static class CommandUsage
{
    internal const string Program = "dotnet containerize";

    /// <summary><c>dotnet containerize images</c>.</summary>
    internal static string PathOf(Command command) => command is RootCommand ? Program : $"{Program} {command.Name}";

    /// <summary>The path and what follows it.</summary>
    internal static string Of(Command command)
    {
        var parts = new List<string> { PathOf(command) };
        parts.AddRange(command.Arguments.Select(a =>
        {
            var name = a.Arity.MaximumNumberOfValues > 1 ? $"{a.HelpName ?? a.Name}..." : a.HelpName ?? a.Name;
            return a.Arity.MinimumNumberOfValues > 0 ? name : $"[{name}]";
        }));
        if (command.Subcommands.Count > 0)
        {
            parts.Add("COMMAND");
        }

        parts.Add("[options]");
        return string.Join(' ', parts);
    }
}
