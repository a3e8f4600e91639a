using System.CommandLine;

namespace Containerize.Tool.Containers;

/// <summary>The options of a project that is run.</summary>
internal sealed class ProjectOptions
{
    private readonly Option<string?> _project = ContainerOptions.One("--project", "PATH", "The project that is published and run; without it and without an image, that of this folder.");

    internal void AddTo(Command command) => command.Options.Add(_project);

    internal bool IsAsked(ParseResult parsed) => parsed.GetValue(_project) is not null;

    internal Task<(ReadyImage Image, string[] Arguments)> PrepareAsync(ParseResult parsed, LocalEngine engine, string[] words, Terminal terminal, CancellationToken token) =>
        throw new NotImplementedException();
}
