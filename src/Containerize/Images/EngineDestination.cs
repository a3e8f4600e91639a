using System.ComponentModel;
using System.Diagnostics;
using Containerize.Registries;

namespace Containerize.Images;

/// <summary>Loads an image into a local engine: its <c>load</c> command is fed an archive, with no file between.</summary>
public sealed class EngineDestination(ContainerEngine engine, IReadOnlyList<Reference> references) : IImageDestination
{
    private const int MaxWords = 1024;

    /// <inheritdoc />
    public string Name => $"{Command} ({string.Join(", ", references.Select(r => r.ToString()))})";

    private string Command => engine.Kind == EngineKind.Docker ? "docker" : "podman";

    /// <inheritdoc />
    public async Task WriteAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        using var process = Start();
        var output = TailAsync(process.StandardOutput);
        var errors = TailAsync(process.StandardError);
        IOException? broken = null;
        try
        {
            await using (var input = process.StandardInput.BaseStream)
            {
                await ArchiveWriter.WriteAsync(
                    input, [new NamedArtifact(artifact, references)], artifact is Image ? ArchiveFormat.Docker : ArchiveFormat.Oci, cancellationToken);
            }
        }
        catch (IOException e)
        {
            // The engine has stopped reading, and says why in its last words.
            broken = e;
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0 || broken is not null)
        {
            var said = (await errors).Trim() is { Length: > 0 } words ? words : (await output).Trim();
            throw new ContainerizeException(
                7003,
                $"loading {Name}",
                $"'{Command} load' ended with {process.ExitCode}{(said.Length == 0 ? "" : $": {said.TrimEnd('.')}")}",
                artifact is ImageIndex && engine.Kind == EngineKind.Docker
                    ? "Several platforms need Docker's containerd image store; else build for one ContainerRuntimeIdentifier."
                    : $"Check that '{Command} info' works for this user.",
                broken);
        }
    }

    private Process Start()
    {
        try
        {
            return Process.Start(new ProcessStartInfo(engine.Command, "load")
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception e)
        {
            throw new ContainerizeException(7003, $"loading {Name}", $"{engine.Command} cannot be started ({e.Message.TrimEnd('.')})", "Check the installation.", e);
        }
    }

    private static async Task<string> TailAsync(StreamReader reader)
    {
        var tail = "";
        var buffer = new char[4096];
        for (int count; (count = await reader.ReadAsync(buffer)) > 0;)
        {
            tail += new string(buffer, 0, count);
            tail = tail.Length > MaxWords ? tail[^MaxWords..] : tail;
        }

        return new string([.. tail.Select(c => char.IsControl(c) ? ' ' : c)]);
    }
}
