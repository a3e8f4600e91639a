using Containerize.Images;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Images;

public class LoadingIntoEngines
{
    private static readonly Reference Name = Reference.Parse("localhost/team/app:1");

    private static Func<string, string?> PathOf(TemporaryFolder folder) => name => name == "PATH" ? folder.Path : null;

    // A program of our own that stands before the real one, or in place of it.
    private static void Program(TemporaryFolder folder, string name, string script)
    {
        var path = folder.Write(name, "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PodmanTakesTheImageOrTheIndex(bool index)
    {
        ToolRunner.Require("podman");
        Skip.IfNot(Environment.IsPrivilegedProcess, "podman without root needs subordinate ids");
        using var folder = new TemporaryFolder();
        using var store = new TemporaryFolder();
        var real = ToolRunner.Find("podman");
        Program(folder, "podman", $"exec {real} --root {store["root"]} --runroot {store["run"]} --storage-driver vfs --cgroup-manager cgroupfs --events-backend file \"$@\"");
        var engine = await ContainerEngine.FindAsync(null, PathOf(folder), CancellationToken.None);
        Assert.Equal(EngineKind.Podman, engine.Kind);
        Artifact artifact = index ? SampleImages.CreateIndex("x") : SampleImages.Create(["one", "two"]);
        await new EngineDestination(engine, [Name]).WriteAsync(artifact, CancellationToken.None);
        var listed = (await ToolRunner.RunAsync(folder["podman"], "images", "--format", "{{.Repository}}:{{.Tag}}")).Succeeded();
        Assert.Contains("localhost/team/app:1", listed, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(null, EngineKind.Docker, "docker")]
    [InlineData("Podman", EngineKind.Podman, "podman")]
    [InlineData("docker", EngineKind.Docker, "docker")]
    public async Task TheOneAskedForIsFoundElseDocker(string? wanted, EngineKind kind, string command)
    {
        Skip.If(OperatingSystem.IsWindows(), "the programs are shell scripts");
        using var folder = new TemporaryFolder();
        Program(folder, "docker", "echo Docker version 28");
        Program(folder, "podman", "echo podman version 4");
        var engine = await ContainerEngine.FindAsync(wanted, PathOf(folder), CancellationToken.None);
        Assert.Equal((kind, folder[command]), (engine.Kind, engine.Command));
    }

    [SkippableFact]
    public async Task DockerThatIsPodmanIsPodman()
    {
        Skip.If(OperatingSystem.IsWindows(), "the programs are shell scripts");
        using var folder = new TemporaryFolder();
        Program(folder, "docker", "echo podman version 4");
        Assert.Equal(EngineKind.Podman, (await ContainerEngine.FindAsync(null, PathOf(folder), CancellationToken.None)).Kind);
    }

    [SkippableFact]
    public async Task TheEnginesLastWordsAreTold()
    {
        Skip.If(OperatingSystem.IsWindows(), "the programs are shell scripts");
        using var folder = new TemporaryFolder();
        Program(folder, "docker", "if [ \"$1\" = load ]; then echo 'Cannot connect to the Docker daemon' >&2; exit 1; fi");
        var engine = await ContainerEngine.FindAsync("Docker", PathOf(folder), CancellationToken.None);
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() =>
            new EngineDestination(engine, [Name]).WriteAsync(SampleImages.Create(["one", new string('x', 300_000)]), CancellationToken.None));
        Assert.Equal(7003, failure.Number);
        Assert.Contains("Cannot connect to the Docker daemon", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoneIsSaidClearly()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(7001, (await Assert.ThrowsAsync<ContainerizeException>(() => ContainerEngine.FindAsync(null, PathOf(folder), CancellationToken.None))).Number);
        Assert.Equal(7002, (await Assert.ThrowsAsync<ContainerizeException>(() => ContainerEngine.FindAsync("rkt", PathOf(folder), CancellationToken.None))).Number);
    }
}
