using System.CommandLine;
using Containerize.Tool.Dotnet;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Containers;

/// <summary>The options of a project that is run: it is built into a local image first.</summary>
internal sealed class ProjectOptions
{
    private const string Target = "Containerize";

    private readonly Option<string?> _project = ContainerOptions.One("--project", "PATH", "The project that is built and run; without it and without an image, that of this folder.");

    internal void AddTo(Command command) => command.Options.Add(_project);

    internal bool IsAsked(ParseResult parsed) => parsed.GetValue(_project) is not null;

    internal async Task<(ReadyImage Image, string[] Arguments)> PrepareAsync(ParseResult parsed, LocalEngine engine, string[] words, Terminal terminal, CancellationToken token)
    {
        var project = ProjectDiscovery.Find(parsed.GetValue(_project), terminal.Directory);
        var request = new PublishRequest { Project = project, Verbosity = Verbosity.Quiet };
        using var result = new TemporaryFile();
        var arguments = PublishArguments.Of(request, Target, Injection.Find(terminal.Variable), $"-getTargetResult:{Target}", $"-getResultOutputFile:{result.Path}");
        if (await DotnetProcess.RunAsideAsync(arguments, terminal, token) != 0)
        {
            throw new ContainerizeException(5043, $"building {project}", "it failed, as said above", "");
        }

        var built = BuiltImages.Read(project, result.Path, Target).Images;
        var name = built.Count > 0 ? built[0]["Digest"]?.GetValue<string>() ?? built[0]["Reference"]?.GetValue<string>() : null;
        return name is null
            ? throw new ContainerizeException(5043, $"building {project}", "it gave no image", "Run a project with a program.")
            : (await engine.PrepareAsync("local:" + name, "never", null, Verbosity.Quiet, token), words);
    }
}
