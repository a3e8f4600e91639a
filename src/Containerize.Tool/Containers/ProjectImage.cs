using Containerize.Containers;
using Containerize.Tool.Dotnet;

namespace Containerize.Tool.Containers;

/// <summary>A project of which containers are made straight from its publish output: what its image would be, and no image.</summary>
/// <param name="request">How it is published.</param>
/// <param name="engine">The local engine.</param>
/// <param name="terminal">Where what the build says goes.</param>
internal sealed class ProjectImage(PublishRequest request, LocalEngine engine, Terminal terminal)
{
    private const string Target = "ContainerizeStage";

    /// <summary>The project file.</summary>
    internal string Project => request.Project;

    /// <summary>Publishes it and lays it out; CTZ5043 where that fails. The caller holds the unpacked layers.</summary>
    internal async Task<StagedImage> StageAsync(CancellationToken token)
    {
        using var result = new TemporaryFile();
        var arguments = PublishArguments.Of(
            request,
            Target,
            Injection.Find(terminal.Variable),
            $"-p:ContainerizeStageOutput={result.Path}",
            $"-p:ContainerizeStageUserAttributes={(engine.Machine.Rootless ? "true" : "false")}");
        if (await DotnetProcess.RunAsideAsync(arguments, terminal, token) != 0)
        {
            throw new ContainerizeException(5043, $"building {Project}", "it failed, as said above", "");
        }

        var staged = StagedImage.Read(result.Path);
        foreach (var warning in staged.Warnings)
        {
            engine.Warn(warning);
        }

        return staged;
    }

    /// <summary>What containers are made of.</summary>
    internal static ReadyImage Ready(StagedImage staged) => new(staged.Name, Digest: null, staged.Config, staged.Layers);
}
