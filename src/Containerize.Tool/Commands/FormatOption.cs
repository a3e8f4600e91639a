using System.CommandLine;

namespace Containerize.Tool.Commands;

/// <summary>The option --format that reports have.</summary>
internal static class FormatOption
{
    internal const string Json = "json";

    internal static Option<string> Create()
    {
        var option = new Option<string>("--format")
        {
            Description = "text for people, json for programs.",
            HelpName = "text|json",
            DefaultValueFactory = _ => "text",
        };
        return option.AcceptOnlyFromAmong("text", Json);
    }
}
