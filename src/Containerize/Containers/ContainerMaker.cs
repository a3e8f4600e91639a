using System.Globalization;
using Containerize.Containers.Options;
using Containerize.Oci;
using Containerize.Oci.Runtime;

namespace Containerize.Containers;

/// <summary>Makes containers: their directory with plan and configuration, and their volumes. Nothing is started here.</summary>
/// <param name="store">Where they are.</param>
/// <param name="volumes">And their volumes.</param>
/// <param name="machine">The machine.</param>
public sealed class ContainerMaker(ContainerStore store, VolumeStore volumes, Machine machine)
{
    /// <summary>Told of what is not quite as it was asked for; null: nobody is.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Makes a container; its id. CTZ5020 to CTZ5022 for what cannot be, CTZ5032 for a name that is taken.</summary>
    public async Task<string> MakeAsync(ContainerRequest request, CancellationToken cancellationToken)
    {
        var id = ContainerName.MakeId();
        var image = request.Image.Config ?? new ContainerConfig();
        var options = WithImage(request.Options, image);
        var asked = ContainerUser.Find(
            options.User ?? image.User,
            options.Groups,
            LayerFiles.TryReadText(request.Layers, "etc/passwd"),
            LayerFiles.TryReadText(request.Layers, "etc/group"));
        var user = asked.On(machine);
        if (user.StandsIn)
        {
            Warn?.Invoke(string.Create(CultureInfo.InvariantCulture, $"you have no ids of other users (/etc/subuid), so you yourself, as root without its rights, stand in for user {asked.Uid}; 'dotnet containerize doctor' says what mends it"));
        }

        var mounts = Mounts(options, image);
        var made = new List<string>();
        try
        {
            await store.CreateAsync(
                id,
                request.Name,
                (paths, name) =>
                {
                    Write(request with { Options = options, Name = name }, id, paths, user, mounts, made);
                    store.Events.Add(new EventRecord { Action = "create", Id = id, Name = name, Image = request.ImageName });
                },
                cancellationToken);
        }
        catch
        {
            made.Where(volumes.Contains).ToList().ForEach(volumes.Remove);
            throw;
        }

        return id;
    }

    private static RunOptions WithImage(RunOptions options, ContainerConfig image) => options with
    {
        StopSignal = options.StopSignal ?? (image.StopSignal is { Length: > 0 } signal ? Linux.SignalNames.Parse(signal) : null),
        Network = options.PublishAll
            ? options.Network with { Ports = [.. options.Network.Ports ?? [], .. PortMapping.OfImage(image.ExposedPorts?.Keys ?? Enumerable.Empty<string>())] }
            : options.Network,
        Labels = new SortedDictionary<string, string>(
            (image.Labels ?? []).Concat(options.Labels).GroupBy(l => l.Key).ToDictionary(g => g.Key, g => g.Last().Value), StringComparer.Ordinal),
    };

    // What is asked for, what other containers have, and what the image says; the first of a place counts.
    private List<ContainerMount> Mounts(RunOptions options, ContainerConfig image)
    {
        var others = options.VolumesFrom.SelectMany(Others);
        var images = (image.Volumes?.Keys ?? Enumerable.Empty<string>()).Select(v => MountOption.Volume(v, "/"));
        var mounts = new List<ContainerMount>();
        foreach (var (mount, isAsked) in options.Mounts.Select(m => (m, true)).Concat(others.Concat(images).Select(m => (m, false))))
        {
            if (mounts.Any(m => m.Target == mount.Target))
            {
                if (isAsked)
                {
                    throw OptionErrors.Wrong("-v", mount.Target, "two mounts have this place", "Keep the one that is meant.");
                }

                continue;
            }

            mounts.Add(mount);
        }

        return mounts;
    }

    private IEnumerable<ContainerMount> Others(string text)
    {
        var parts = text.Split(':');
        if (parts.Length > 2 || (parts.Length == 2 && parts[1] is not ("ro" or "rw" or "z" or "Z")))
        {
            throw OptionErrors.Wrong("--volumes-from", text, "it is not CONTAINER[:ro]", "Write a container's name, and :ro after it or nothing.");
        }

        return store.Resolve(parts[0]).Record.Mounts.Where(m => m.Type != "tmpfs").Select(m => new ContainerMount
        {
            Type = m.Name is null ? "bind" : "volume",
            Source = m.Name ?? m.Source,
            Target = m.Target,
            ReadOnly = m.ReadOnly || (parts.Length > 1 && parts[1] == "ro"),
        });
    }

    private void Write(ContainerRequest request, string id, ContainerPaths paths, ContainerUser user, List<ContainerMount> mounts, List<string> made)
    {
        var options = request.Options;
        var anonymous = new List<string>();
        var stored = new List<StoredMount>();
        var seeds = new List<SeedPlan>();
        foreach (var mount in mounts)
        {
            stored.Add(Place(mount, made, anonymous, seeds));
        }

        var devices = Devices(options);
        // A plain user makes no devices: he sees the host's own, which the runtime finds by their path where that is the same.
        var renamed = machine.Rootless ? devices.Where(d => d.Source != d.Device.Path).ToList() : [];
        var image = request.Image.Config ?? new ContainerConfig();
        var specification = ContainerSpecification.Of(new ContainerSpecification.Wishes
        {
            Id = id,
            Options = options,
            Image = image,
            User = user,
            Mounts = [.. mounts.Zip(stored, (m, s) => m with { Source = s.Source }), .. renamed.Select(d => new ContainerMount { Source = d.Source, Target = d.Device.Path! })],
            Devices = [.. devices.Except(renamed).Select(d => d.Device)],
            DeviceRules = [.. devices.Select(d => d.Rule), .. options.DeviceRules.Select(DeviceRuleText.Parse)],
            Paths = paths,
            NetworkPaths = options.Network.Container is { } other ? new ContainerPaths(NetworkDirectory(other)) : null,
            InitProgram = request.InitProgram,
            Seccomp = SeccompFile(options),
            Machine = machine,
        });
        foreach (var directory in (string[])[paths.Upper, paths.Work, paths.Root])
        {
            Directory.CreateDirectory(directory);
        }

        var layers = ImpliedDirectories.Restore(request.Layers, paths.Implied);
        if (!OperatingSystem.IsWindows() && layers is [.., var highest])
        {
            // The root's permissions are those of the directory that takes the changes, and not the caller's umask.
            File.SetUnixFileMode(paths.Upper, File.GetUnixFileMode(highest));
        }

        var hostName = ContainerSpecification.HostName(options, id);
        File.WriteAllText(paths.HostName, hostName + "\n");
        File.WriteAllText(paths.Hosts, "");
        File.WriteAllText(paths.ResolvConf, "");
        var record = new StoredContainer
        {
            Id = id,
            Name = request.Name!,
            Created = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
            Image = request.ImageName,
            ImageDigest = request.ImageDigest,
            DiffIds = request.Image.RootFs.DiffIds,
            Architecture = request.Image.Architecture,
            Config = image with
            {
                // Not the engine's own variables: an image that is made of the container shall not have them.
                Env = EnvironmentOption.Over([.. image.Env ?? [], .. options.Environment]),
                Entrypoint = options.Entrypoint switch { null => image.Entrypoint, "" => null, var program => [program] },
                Cmd = options.Command.Count > 0 ? options.Command : options.Entrypoint is null ? image.Cmd : null,
                Labels = new SortedDictionary<string, string>(options.Labels.ToDictionary(), StringComparer.Ordinal),
                User = options.User ?? image.User,
                WorkingDir = specification.Process!.Cwd,
            },
            Command = ContainerSpecification.CommandOf(options, image),
            Mounts = stored,
            Terminal = options.Terminal,
            NetworkDirectory = options.Network.Container is { } shared ? NetworkDirectory(shared) : null,
        };
        var plan = new ContainerPlan
        {
            Id = id,
            Root = new RootPlan
            {
                Kind = request.RootKind,
                Layers = layers,
                Upper = paths.Upper,
                Work = paths.Work,
                Target = paths.Root,
                UserAttributes = request.UserAttributes,
            },
            Network = options.Network with { Containers = store.Directory, HostName = hostName, Aliases = [.. options.Network.Aliases ?? [], request.Name!, id[..12]] },
            Restart = options.Restart,
            Health = options.Health.Over(image.Healthcheck, image.Shell),
            Log = options.Log,
            OpenInput = options.Interactive,
            AutoRemove = options.AutoRemove,
            AnonymousVolumes = anonymous.Count > 0 ? anonymous : null,
            Seeds = seeds.Count > 0 ? seeds : null,
            StopSignal = options.StopSignal ?? 15,
            StopTimeout = options.StopTimeout,
        };
        // The plan says what goes with the container, also to whoever sweeps after us: what it names is made after it.
        ContainerStore.Write(paths, plan);
        foreach (var volume in anonymous)
        {
            volumes.Ensure(Path.GetFileName(volume));
        }

        ContainerStore.Write(paths, record, ContainerDocuments.Write(specification));
    }

    private StoredMount Place(ContainerMount mount, List<string> made, List<string> anonymous, List<SeedPlan> seeds)
    {
        var stored = new StoredMount { Type = mount.Type, Source = mount.Source, Target = mount.Target, ReadOnly = mount.ReadOnly };
        if (mount.Type == "bind")
        {
            // As docker: of -v a directory that is not there is made, of --mount it is an error.
            if (!File.Exists(mount.Source) && !Directory.Exists(mount.Source))
            {
                if (mount.MustExist)
                {
                    throw OptionErrors.Wrong("--mount", mount.Source, "it does not exist on the host", "Make it, or use -v, which makes a directory there.");
                }

                Directory.CreateDirectory(mount.Source);
            }

            return stored;
        }

        if (mount.Type != "volume")
        {
            return stored;
        }

        var name = mount.Source.Length > 0 ? mount.Source : ContainerName.MakeId();
        if (!volumes.Contains(name))
        {
            made.Add(name);
        }

        var path = mount.Source.Length == 0 ? volumes.PathOf(name) : volumes.Ensure(name);
        if (mount.Source.Length == 0)
        {
            anonymous.Add(Path.GetDirectoryName(path)!);
        }

        if (!mount.NoCopy)
        {
            seeds.Add(new SeedPlan { Path = mount.Target, Volume = path });
        }

        return stored with { Name = name, Source = path };
    }

    private static List<(DeviceSpec Device, DeviceRule Rule, string Source)> Devices(RunOptions options) =>
        [.. options.Devices.SelectMany(HostDevices.Of), .. options.Privileged ? HostDevices.All() : []];

    private SeccompSpec? SeccompFile(RunOptions options) =>
        SecurityOptions.Read(options.SecurityOptions, options.Privileged).SeccompFile is { } file
            ? SeccompProfileFile.Read(file, CapabilitySet.Of(options.AddedCapabilities, options.DroppedCapabilities, options.Privileged, machine.Capabilities).ToHashSet())
            : null;

    // A chain of containers that share a network has one that owns it.
    private string NetworkDirectory(string directory) =>
        store.TryRead(Path.GetFileName(directory)) is { Record.NetworkDirectory: { } further } ? further : directory;
}
