using System.CommandLine;
using Containerize.Storage;
using Containerize.Tool.Dotnet;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>plan</c>: what the image would be, without making it.</summary>
internal static class PlanCommand
{
    internal static Command Create(Terminal terminal, Option<Verbosity> verbosity)
    {
        var options = new PublishOptions();
        var sources = new Option<bool>("--sources") { Description = "Every file with its place on this machine." };
        var format = FormatOption.Create();
        var command = new Command("plan", "Shows the image that build would make: layers and configuration.") { sources, format };
        options.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            var request = options.Read(parsed, parsed.GetValue(verbosity), terminal.Directory);
            if (ProjectDiscovery.IsSolution(request.Project))
            {
                throw new ContainerizeException(7025, $"planning {request.Project}", "a plan is of one project", "Name a project of the solution.");
            }

            var asJson = parsed.GetValue(format) == FormatOption.Json;
            var withSources = parsed.GetValue(sources);
            if (await PlanAsync(request, withSources || !asJson, terminal, token) is not { } plan)
            {
                return Failure.Failed;
            }

            if (asJson)
            {
                terminal.Out.Write(plan);
            }
            else
            {
                PlanText.Write(plan, withSources, terminal);
            }

            return 0;
        });
        return command;
    }

    private static async Task<string?> PlanAsync(PublishRequest request, bool withSources, Terminal terminal, CancellationToken token)
    {
        using var result = new TemporaryFile();
        var arguments = PublishArguments.Of(
            request,
            "ContainerizePlan",
            Injection.Find(terminal.Variable),
            [$"-p:ContainerizePlanOutput={result.Path}", .. withSources ? ["-p:ContainerizePlanWithSources=true"] : Array.Empty<string>()]);
        if (await DotnetProcess.RunAsideAsync(arguments, terminal, token) != 0)
        {
            return null;
        }

        try
        {
            return await File.ReadAllTextAsync(result.Path, token);
        }
        catch (IOException e)
        {
            throw StorageErrors.Read(result.Path, e);
        }
    }
}
