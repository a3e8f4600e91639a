using Containerize.Containers;

namespace Containerize.Tool.Containers;

/// <summary>Makes a container of an image that is ready.</summary>
/// <param name="engine">The local engine.</param>
internal sealed class ContainerCreation(LocalEngine engine)
{
    /// <summary>Makes it; its id.</summary>
    internal async Task<string> MakeAsync(ReadyImage image, RunOptions options, string? name, CancellationToken token)
    {
        if (name is not null && !ContainerName.IsValid(name))
        {
            throw new ContainerizeException(5020, $"reading --name {name}", "a name has letters, digits, '_', '.' and '-', and begins with a letter or digit", "Choose another.");
        }

        if (!engine.Machine.OwnsCgroups && HasLimits(options))
        {
            engine.Warn("no cgroup is this user's, so memory, processor and process limits are not kept; with systemd, 'systemd-run --user --scope -p Delegate=yes' before the command gives one");
        }

        if (options.Network is { Kind: NetworkKind.Host or NetworkKind.None, Ports.Count: > 0 })
        {
            engine.Warn($"--publish has no effect with --network {options.Network.Kind}: no port is led anywhere");
            options = options with { Network = options.Network with { Ports = [] }, PublishAll = false };
        }

        options = options with { Network = await CompleteAsync(options.Network, token) };
        return await new ContainerMaker(engine.Containers, engine.Volumes, engine.Machine) { Warn = engine.WarnOnce }.MakeAsync(
            new ContainerRequest
            {
                Name = name,
                Options = options,
                ImageName = image.Name,
                ImageDigest = image.Digest,
                Image = image.Config,
                Layers = image.Layers,
                RootKind = engine.ChooseRootfs().Kind,
                UserAttributes = engine.Machine.Rootless,
                InitProgram = engine.Runtime.Path,
            },
            token);
    }

    // A network that is not there is made, as it has nothing that would have to be chosen.
    private async Task<NetworkPlan> CompleteAsync(NetworkPlan plan, CancellationToken token)
    {
        if (plan.Kind != NetworkKind.Named)
        {
            return plan;
        }

        var networks = new NetworkStore(engine.Paths);
        if (networks.TryRead(plan.Name!) is null)
        {
            try
            {
                await networks.CreateAsync(new NetworkDescription { Name = plan.Name! }, token);
            }
            catch (ContainerizeException e) when (e.Number == 5037)
            {
                // Another one who needs it was first.
            }
        }

        return plan with { NetworkFile = networks.FileOf(plan.Name!) };
    }

    private static bool HasLimits(RunOptions options) =>
        options.Resources.Memory is not null || options.Resources.Cpu is not null || options.Resources.Pids is not null || options.Resources.BlockIo is not null
        || options.CgroupParent is not null;
}
