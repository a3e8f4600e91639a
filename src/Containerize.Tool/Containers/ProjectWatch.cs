using System.Diagnostics;
using Containerize.Containers;
using Containerize.Oci;
using Containerize.Tool.Commands;

namespace Containerize.Tool.Containers;

/// <summary><c>run --watch</c>: a project's container in front of us, and a new one in its place whenever a change of the sources makes another image.</summary>
/// <param name="engine">The local engine.</param>
/// <param name="terminal">Where what happens is said.</param>
/// <param name="project">The project.</param>
/// <param name="wishes">What is wanted of each container.</param>
/// <param name="attach">The words of the one in front of it.</param>
internal sealed class ProjectWatch(LocalEngine engine, Terminal terminal, ProjectImage project, RunOptions wishes, IReadOnlyList<string> attach)
{
    /// <summary>Goes on until it is interrupted; the container ends with us.</summary>
    /// <param name="name">The containers' name; null: the first one's.</param>
    /// <param name="token">Ends it.</param>
    internal async Task<int> RunAsync(string? name, CancellationToken token)
    {
        var (staged, container) = await MakeAsync(null, name, token);
        using var watch = new SourceWatch(staged.Sources);
        var launching = new Launching(engine);
        try
        {
            while (true)
            {
                using (var front = launching.StartInFront(container.Paths, attach))
                {
                    staged = await AnotherAsync(staged, front, watch, container, token);
                    Say("starting it anew");
                    // Its ports stay where they are, also those that the kernel has chosen.
                    wishes = wishes with { Network = wishes.Network with { Ports = Read(container).Status.Ports ?? wishes.Network.Ports } };
                    End(container);
                    await front.WaitForExitAsync(token);
                }

                (staged, container) = await MakeAsync(staged, container.Name, token);
                engine.RemoveSuperseded();
            }
        }
        finally
        {
            End(container);
        }
    }

    // Until the sources make another image than the container has.
    private async Task<StagedImage> AnotherAsync(StagedImage present, Process front, SourceWatch watch, LocalContainer container, CancellationToken token)
    {
        var change = watch.NextAsync(token);
        if (await Task.WhenAny(change, front.WaitForExitAsync(token)) != change)
        {
            token.ThrowIfCancellationRequested();
            Say($"the container '{container.Name}' ended with {front.ExitCode}; waiting for a change");
        }

        while (true)
        {
            var file = await change;
            Say($"{(file.Length == 0 ? "something" : Path.GetRelativePath(terminal.Directory, file))} has changed; publishing");
            try
            {
                var staged = await project.StageAsync(token);
                if (!IsSame(staged, present) || front.HasExited)
                {
                    return staged;
                }

                Say("nothing changes for the container");
            }
            catch (ContainerizeException e)
            {
                Failure.Write(terminal, e.Code, e.Message);
                Say("the container stays as it is");
            }

            change = watch.NextAsync(token);
        }
    }

    private async Task<(StagedImage Staged, LocalContainer Container)> MakeAsync(StagedImage? staged, string? name, CancellationToken token)
    {
        using var held = await engine.Layers.HoldAsync(token);
        // What was staged outside the lock may have been removed since; then it is staged again.
        staged = staged is not null && staged.Layers.All(Directory.Exists) ? staged : await project.StageAsync(token);
        var id = await new ContainerCreation(engine).MakeAsync(ProjectImage.Ready(staged), wishes, name, token);
        return (staged, engine.Containers.TryRead(id)!);
    }

    private void End(LocalContainer container)
    {
        if (engine.Containers.TryRead(container.Id) is not { } present)
        {
            return;
        }

        StopCommand.Stop(present, signal: 0, seconds: null);
        if (engine.Containers.TryRead(container.Id) is { } ended)
        {
            RemoveContainersCommand.Remove(engine, ended, force: true, volumes: true);
        }
    }

    private LocalContainer Read(LocalContainer container) => engine.Containers.TryRead(container.Id) ?? container;

    private static bool IsSame(StagedImage one, StagedImage other) =>
        one.Layers.SequenceEqual(other.Layers) && OciJson.Write(one.Config).AsSpan().SequenceEqual(OciJson.Write(other.Config));

    private void Say(string text) => terminal.Error.WriteLine($"{terminal.ErrorStyle.Yellow("watch")}: {Printable.Of(text)}");
}
