using System.CommandLine;
using Containerize.Tool.Dotnet;

namespace Containerize.Tool.Containers;

/// <summary>The options of a project that is run: it is published, and its container stands on the publish output.</summary>
internal sealed class ProjectOptions
{
    private readonly Option<string?> _project = ContainerOptions.One("--project", "PATH", "The project that is published and run; without it and without an image, that of this folder.");
    private readonly Option<string?> _configuration = ContainerOptions.One("--configuration", "NAME", "Of a project: the configuration; Release unless given.");
    private readonly Option<string?> _framework = ContainerOptions.One("--framework", "TFM", "Of a project: the target framework, where it has several.");
    private readonly Option<string[]> _properties = ContainerOptions.Several("--property", "NAME=VALUE", "Of a project: a property for MSBuild; may be repeated.");
    private readonly Option<bool> _noRestore = ContainerOptions.Flag("--no-restore", "Of a project: does not restore packages.");
    private readonly Option<bool> _noBuild = ContainerOptions.Flag("--no-build", "Of a project: does not build; takes what is built.");
    private readonly Option<bool> _watch = ContainerOptions.Flag("--watch", "Of a project: publishes it again when its files change, and starts it anew.");

    private IEnumerable<Option> All => [_project, _configuration, _framework, _properties, _noRestore, _noBuild, _watch];

    internal void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Whether a project is meant, and no image: one of these options is there.</summary>
    internal bool IsAsked(ParseResult parsed) => All.Any(o => parsed.GetResult(o) is { Implicit: false });

    /// <summary>Whether it is started anew when its files change.</summary>
    internal bool Watches(ParseResult parsed) => parsed.GetValue(_watch);

    /// <summary>The project; CTZ7025 where there is none, or several.</summary>
    internal ProjectImage Read(ParseResult parsed, LocalEngine engine, Terminal terminal) => new(
        new PublishRequest
        {
            Project = ProjectDiscovery.Find(parsed.GetValue(_project), terminal.Directory),
            Configuration = parsed.GetValue(_configuration),
            Framework = parsed.GetValue(_framework),
            Properties = parsed.GetValue(_properties) ?? [],
            NoRestore = parsed.GetValue(_noRestore),
            NoBuild = parsed.GetValue(_noBuild),
            Verbosity = Verbosity.Quiet,
        },
        engine,
        terminal);
}
