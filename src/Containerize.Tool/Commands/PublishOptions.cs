using System.CommandLine;
using Containerize.Tool.Dotnet;

namespace Containerize.Tool.Commands;

/// <summary>The options that <c>build</c> and <c>plan</c> share with <c>dotnet publish</c>, under the same names.</summary>
internal sealed class PublishOptions
{
    private readonly Argument<string?> _project = new("PROJECT")
    {
        Description = "A project, a solution, or a folder with exactly one; without it, the current folder.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _configuration = new("--configuration", "-c") { Description = "The configuration; Release unless given.", HelpName = "NAME" };
    private readonly Option<string?> _framework = new("--framework", "-f") { Description = "The target framework, where the project has several.", HelpName = "TFM" };
    private readonly Option<string?> _rid = new("--runtime", "-r") { Description = "The runtime identifier: linux-x64, linux-arm64 ...", HelpName = "RID" };
    private readonly Option<string?> _os = new("--os") { Description = "The operating system.", HelpName = "OS" };
    private readonly Option<string?> _architecture = new("--arch", "-a") { Description = "The CPU.", HelpName = "ARCH" };
    private readonly Option<string[]> _properties = new("--property", "-p") { Description = "A property for MSBuild; may be repeated.", HelpName = "NAME=VALUE" };
    private readonly Option<bool> _noRestore = new("--no-restore") { Description = "Does not restore packages." };
    private readonly Option<bool> _noBuild = new("--no-build") { Description = "Does not build; takes what is built." };

    internal PublishOptions()
    {
        _properties.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=') <= 0))
            {
                result.AddError($"'{token.Value}' is not a property: expected NAME=VALUE");
            }
        });
    }

    internal void AddTo(Command command)
    {
        command.Arguments.Add(_project);
        foreach (var option in new Option[] { _configuration, _framework, _rid, _os, _architecture, _properties, _noRestore, _noBuild })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was asked; CTZ7025 where no project is found.</summary>
    internal PublishRequest Read(ParseResult parsed, Verbosity verbosity, string directory) => new()
    {
        Project = ProjectDiscovery.Find(parsed.GetValue(_project), directory),
        Configuration = parsed.GetValue(_configuration),
        Framework = parsed.GetValue(_framework),
        RuntimeIdentifier = parsed.GetValue(_rid),
        OperatingSystem = parsed.GetValue(_os),
        Architecture = parsed.GetValue(_architecture),
        Properties = parsed.GetValue(_properties) ?? [],
        NoRestore = parsed.GetValue(_noRestore),
        NoBuild = parsed.GetValue(_noBuild),
        Verbosity = verbosity,
    };
}
