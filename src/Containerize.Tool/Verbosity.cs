using System.CommandLine;

namespace Containerize.Tool;

/// <summary>How much is said, in the words of the dotnet commands.</summary>
internal enum Verbosity
{
    Quiet,
    Minimal,
    Normal,
    Detailed,
    Diagnostic,
}

/// <summary>The option -v that all commands have.</summary>
internal static class VerbosityOption
{
    internal static Option<Verbosity> Create()
    {
        var option = new Option<Verbosity>("--verbosity", "-v")
        {
            Description = "How much is said: q[uiet], m[inimal], n[ormal], d[etailed] or diag[nostic] (which shows stack traces).",
            HelpName = "LEVEL",
            Recursive = true,
            DefaultValueFactory = _ => Verbosity.Minimal,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (Parse(text) is { } verbosity)
                {
                    return verbosity;
                }

                result.AddError($"'{text}' is not a verbosity: expected q[uiet], m[inimal], n[ormal], d[etailed] or diag[nostic]");
                return default;
            },
        };
        option.CompletionSources.Add("quiet", "minimal", "normal", "detailed", "diagnostic");
        return option;
    }

    internal static string ToMSBuild(this Verbosity verbosity) => verbosity switch
    {
        Verbosity.Quiet => "quiet",
        Verbosity.Normal => "normal",
        Verbosity.Detailed => "detailed",
        Verbosity.Diagnostic => "diagnostic",
        _ => "minimal",
    };

    internal static Verbosity? Parse(string text) => text.ToLowerInvariant() switch
    {
        "q" or "quiet" => Verbosity.Quiet,
        "m" or "minimal" => Verbosity.Minimal,
        "n" or "normal" => Verbosity.Normal,
        "d" or "detailed" => Verbosity.Detailed,
        "diag" or "diagnostic" => Verbosity.Diagnostic,
        _ => null,
    };
}
