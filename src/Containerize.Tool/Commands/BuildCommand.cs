using System.CommandLine;
using Containerize.Tool.Dotnet;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>build</c>: <c>dotnet publish -t:Containerize</c>, for projects with and without the package.</summary>
internal static class BuildCommand
{
    private const string Target = "Containerize";

    internal static Command Create(Terminal terminal, Option<Verbosity> verbosity)
    {
        var options = new PublishOptions();
        var tag = new Option<string[]>("--tag", "-t") { Description = "A tag, or a repository and a tag; may be repeated.", HelpName = "[NAME:]TAG" };
        var format = FormatOption.Create();
        var command = new Command("build", "Builds the image of a project, or of every program of a solution.") { tag, format };
        options.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            var request = options.Read(parsed, parsed.GetValue(verbosity), terminal.Directory) with { Tags = parsed.GetValue(tag) ?? [] };
            var asJson = parsed.GetValue(format) == FormatOption.Json;
            var built = new List<BuiltImages>();
            foreach (var project in await ProjectsAsync(request, terminal, token))
            {
                var (code, images) = await BuildAsync(request with { Project = project }, asJson, terminal, token);
                if (code != 0)
                {
                    return Failure.Failed;
                }

                built.AddRange(images);
            }

            if (asJson)
            {
                BuiltImages.WriteJson(built, terminal.Out);
            }

            return 0;
        });
        return command;
    }

    private static async Task<IReadOnlyList<string>> ProjectsAsync(PublishRequest request, Terminal terminal, CancellationToken token)
    {
        if (!ProjectDiscovery.IsSolution(request.Project))
        {
            return [request.Project];
        }

        if (!request.NoRestore && !request.NoBuild
            && await DotnetProcess.RunAsideAsync(["restore", request.Project, "-nologo", $"-v:{request.Verbosity.ToMSBuild()}"], terminal, token) != 0)
        {
            throw new ContainerizeException(7032, $"restoring {request.Project}", "it failed, as said above", "");
        }

        return await ContainerizableProjects.OfAsync(request.Project, request, terminal, token);
    }

    private static async Task<(int Code, IReadOnlyList<BuiltImages> Images)> BuildAsync(
        PublishRequest request, bool asJson, Terminal terminal, CancellationToken token)
    {
        var injection = Injection.Find(terminal.Variable);
        if (!asJson)
        {
            return (await DotnetProcess.RunAsync(PublishArguments.Of(request, Target, injection), terminal, token), []);
        }

        using var result = new TemporaryFile();
        var arguments = PublishArguments.Of(request, Target, injection, $"-getTargetResult:{Target}", $"-getResultOutputFile:{result.Path}");
        var code = await DotnetProcess.RunAsideAsync(arguments, terminal, token);
        return code != 0 ? (code, []) : (0, [BuiltImages.Read(request.Project, result.Path, Target)]);
    }
}
