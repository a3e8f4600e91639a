using Containerize.Package.Tests.Publishing;

namespace Containerize.Package.Tests;

/// <summary>What a build says of a push: nothing, the result, or what else is worth knowing, as it was asked to.</summary>
public sealed class SayingWhatWasPushed : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [SkippableFact]
    public void IsAsMuchAsTheVerbosityAsksFor()
    {
        Skip.IfNot(Shell.Has("docker-registry"), "docker-registry is not installed");
        using var registry = new LoopbackRegistry(_workspace["registry"]);
        var project = _workspace.Copy("HelloConsole");
        Assert.Equal("", Publish("quiet").Trim());

        // Now the registry has it: at minimal that is not told.
        var result = Assert.Single(Lines(Publish("minimal")), l => l.Contains(registry.Host, StringComparison.Ordinal));
        Assert.Matches($"^HelloConsole -> {registry.Host}/team/hello:latest@sha256:[0-9a-f]{{64}}$", result);

        var digest = result[(result.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var said = Lines(Publish("normal"));
        Assert.Contains($"{registry.Host}/team/hello:latest is {digest} already; nothing was sent.", said);
        Assert.Contains(result, said);

        string Publish(string verbosity)
        {
            var ended = _workspace.Dotnet(
                project,
                null,
                "publish",
                "-t:Containerize",
                "-p:ContainerBaseImage=scratch",
                $"-p:ContainerRegistry={registry.Host}",
                "-p:ContainerRepository=team/hello",
                $"-v:{verbosity}");
            Assert.True(ended.ExitCode == 0, ended.Output);
            return ended.Output;
        }
    }

    private static IEnumerable<string> Lines(string output) => output.Split('\n').Select(l => l.Trim());
}
