using System.ComponentModel;
using System.Diagnostics;

namespace Containerize.Images;

/// <summary>A local engine that keeps images of its own.</summary>
public enum EngineKind
{
    /// <summary>Docker.</summary>
    Docker,

    /// <summary>Podman.</summary>
    Podman,
}

/// <summary>The command line of a local engine.</summary>
/// <param name="Kind">What it is; <c>docker</c> may be an alias of podman.</param>
/// <param name="Command">The absolute path of the command.</param>
public sealed record ContainerEngine(EngineKind Kind, string Command)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Finds an engine: the one asked for, else docker unless that is an alias of podman, else podman; CTZ7001 where there is none.</summary>
    /// <param name="wanted">LocalRegistry: "Docker", "Podman", or null or empty to choose; anything else is CTZ7002.</param>
    /// <param name="environment">Reads an environment variable; PATH is what is looked for.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public static async Task<ContainerEngine> FindAsync(string? wanted, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        EngineKind? kind = string.IsNullOrEmpty(wanted)
            ? null
            : wanted.ToLowerInvariant() switch
            {
                "docker" => EngineKind.Docker,
                "podman" => EngineKind.Podman,
                _ => throw new ContainerizeException(7002, $"choosing the local engine '{wanted}'", "it is neither Docker nor Podman", "Set LocalRegistry to Docker or Podman, or leave it out."),
            };
        var docker = kind == EngineKind.Podman ? null : Which("docker", environment);
        var podman = kind == EngineKind.Docker ? null : Which("podman", environment);
        if (docker is not null)
        {
            var isPodman = await IsPodmanAsync(docker, cancellationToken);
            // Asked for Docker, an alias is what the user has made Docker to be.
            if (!isPodman || kind == EngineKind.Docker || podman is null)
            {
                return new ContainerEngine(isPodman ? EngineKind.Podman : EngineKind.Docker, docker);
            }
        }

        return podman is not null
            ? new ContainerEngine(EngineKind.Podman, podman)
            : throw new ContainerizeException(
                7001,
                "looking for a local engine to load the image into",
                kind is null ? "neither docker nor podman is on the PATH" : $"{kind.ToString()!.ToLowerInvariant()} is not on the PATH",
                "Install one, or send the image elsewhere: ContainerArchiveOutputPath, ContainerRegistry, or the local images of dotnet containerize.");
    }

    private static async Task<bool> IsPodmanAsync(string command, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            try
            {
                var errors = process.StandardError.ReadToEndAsync(limit.Token);
                var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
                await errors;
                await process.WaitForExitAsync(limit.Token);
                return output.Contains("podman", StringComparison.OrdinalIgnoreCase);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return false;
            }
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static string? Which(string name, Func<string, string?> environment)
    {
        string[] names = OperatingSystem.IsWindows() ? [name + ".exe", name + ".cmd"] : [name];
        return (environment("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified)
            .SelectMany(folder => names.Select(n => Path.Combine(folder, n)))
            .FirstOrDefault(IsProgram);
    }

    private static bool IsProgram(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
