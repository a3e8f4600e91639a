using System.CommandLine;
using Containerize.Containers;
using Containerize.Oci;
using Containerize.Tool.Containers;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>prune</c>: what nothing uses any more, and what processes that were killed have left.</summary>
internal static class PruneCommand
{
    internal static Command Create(Terminal terminal)
    {
        var all = ContainerOptions.Flag("--all", "Also images that no container uses.", "-a");
        var volumes = ContainerOptions.Flag("--volumes", "Also volumes without a name that no container has.");
        var force = ContainerOptions.Flag("--force", "Does not ask.", "-f");
        var command = new Command("prune", "Removes containers that have ended, unpacked layers that nothing uses, and leftovers.") { all, volumes, force };
        command.SetAction(async (parsed, token) =>
        {
            string[] what =
            [
                "all containers that have ended",
                .. parsed.GetValue(volumes) ? (string[])["all volumes without a name that no container has"] : [],
                .. parsed.GetValue(all) ? (string[])["all images that no container uses"] : [],
            ];
            if (!Confirmation.IsGiven(parsed.GetValue(force), terminal, string.Join(", ", what)))
            {
                return Failure.Failed;
            }

            var engine = new LocalEngine(terminal);
            foreach (var container in engine.Containers.List().Where(c => !c.IsMonitored))
            {
                RemoveContainersCommand.Remove(engine, container, force: true, volumes: true);
                terminal.Out.WriteLine($"container {container.Id}");
            }

            await SweepAsync(engine, terminal, token);
            if (parsed.GetValue(volumes))
            {
                PruneVolumes(engine, terminal, named: false);
            }

            if (parsed.GetValue(all))
            {
                await PruneImagesAsync(engine, terminal, token);
            }

            await PruneLayersAsync(engine, terminal, token);
            return 0;
        });
        return command;
    }

    /// <summary>Removes the volumes that no container has.</summary>
    /// <param name="engine">The local engine.</param>
    /// <param name="terminal">Where they are named.</param>
    /// <param name="named">Whether also those that somebody has given a name.</param>
    internal static void PruneVolumes(LocalEngine engine, Terminal terminal, bool named)
    {
        var used = engine.Containers.List().SelectMany(c => c.Record.Mounts).Select(m => m.Name).OfType<string>().ToHashSet();
        foreach (var volume in engine.Volumes.List().Where(v => !used.Contains(v) && (named || ContainerName.IsId(v))))
        {
            engine.Volumes.Remove(volume);
            terminal.Out.WriteLine($"volume {volume}");
        }
    }

    // Directories that are no containers, and what the runtime still knows of containers that are gone: it ends what runs of them.
    private static async Task SweepAsync(LocalEngine engine, Terminal terminal, CancellationToken token)
    {
        foreach (var id in await engine.Containers.SweepAsync(token))
        {
            terminal.Out.WriteLine($"leftover {id}");
        }

        new NetworkStore(engine.Paths).Sweep(id => Directory.Exists(engine.Containers.PathsOf(id).Directory));
        if (!Directory.Exists(engine.Runtime.StateRoot))
        {
            return;
        }

        foreach (var id in Directory.EnumerateDirectories(engine.Runtime.StateRoot).Select(d => Path.GetFileName(d)!))
        {
            if (id.Length == 64 && engine.Containers.TryRead(id) is not { IsMonitored: true })
            {
                RemoveContainersCommand.Forget(engine, id);
                terminal.Out.WriteLine($"leftover {id}");
            }
        }
    }

    private static async Task PruneImagesAsync(LocalEngine engine, Terminal terminal, CancellationToken token)
    {
        var used = engine.Containers.List().Select(c => c.Record.ImageDigest).OfType<Digest>().ToHashSet();
        foreach (var image in engine.Images.List().Where(i => !used.Contains(i.Descriptor.Digest)).ToList())
        {
            await (image.Reference is { } name ? engine.Images.RemoveAsync(name, token) : engine.Images.RemoveAsync(image.Descriptor.Digest, token));
            terminal.Out.WriteLine($"image {image.Reference?.ToString() ?? image.Descriptor.Digest.ToString()}");
        }
    }

    private static async Task PruneLayersAsync(LocalEngine engine, Terminal terminal, CancellationToken token)
    {
        var removed = await engine.Layers.RemoveAsync(async () =>
        {
            var used = engine.Containers.List().SelectMany(c => c.Record.DiffIds).ToHashSet();
            foreach (var image in engine.Images.List())
            {
                used.UnionWith(await DiffIdsAsync(engine, image, token));
            }

            return used;
        });
        terminal.Error.WriteLine($"Unpacked layers removed: {ByteSize.Of(removed.Sum(l => l.Bytes))}");
    }

    private static async Task<IEnumerable<Digest>> DiffIdsAsync(LocalEngine engine, Storage.StoredImage stored, CancellationToken token)
    {
        try
        {
            var source = engine.Images.Source(stored);
            var image = await Images.PlatformSelection.SelectAsync(await source.ReadAsync(token), PlatformOption.OfThisMachine(), source.Name, token);
            return image.Config.RootFs.DiffIds;
        }
        catch (ContainerizeException)
        {
            // Of another platform, or damaged: nothing of it was unpacked here.
            return [];
        }
    }
}
