using Containerize.Package.Tests.Publishing;

namespace Containerize.Package.Tests;

/// <summary>LocalRegistry=Podman: the image is loaded through podman's own command, and podman runs it.</summary>
public sealed class LoadingIntoPodman : IDisposable
{
    private readonly Workspace _workspace = new();

    [SkippableFact]
    public void GivesAnImageThatPodmanRuns()
    {
        Skip.IfNot(Shell.Has("podman") && Shell.Has("runc") && Environment.IsPrivilegedProcess, "podman or runc is missing, or we are not root");
        // As root on a machine that cannot raise limits, with a store of its own.
        var variables = new Dictionary<string, string?>
        {
            ["CONTAINERS_CONF"] = _workspace.Write("containers.conf", """
                [containers]
                default_ulimits=["nofile=20000:20000","nproc=32768:32768"]
                netns="host"
                [engine]
                cgroup_manager="cgroupfs"
                events_logger="file"
                runtime="runc"
                """),
            ["CONTAINERS_STORAGE_CONF"] = _workspace.Write("storage.conf", $"""
                [storage]
                driver = "vfs"
                graphroot = "{_workspace["podman"]}"
                runroot = "{_workspace["podman-run"]}"
                """),
        };
        Skip.IfNot(Shell.RunIn(_workspace.Path, variables, "podman", "info").ExitCode == 0, "podman does not work here");
        var image = _workspace.Publish(_workspace.Copy("HelloConsole"), variables, "-p:LocalRegistry=Podman").Image;
        Assert.StartsWith("helloconsole:latest@", image.Reference, StringComparison.Ordinal);
        var ran = Shell.RunIn(_workspace.Path, variables, "podman", "run", "--rm", "--pull=never", "helloconsole:latest", "you");
        Assert.Contains("Hello from a container, you!", ran.Succeeded(), StringComparison.Ordinal);
    }

    public void Dispose() => _workspace.Dispose();
}
