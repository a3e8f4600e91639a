using Containerize.Containers;
using Containerize.Images;
using Containerize.Oci;
using Containerize.Registries;
using Containerize.Storage;
using Containerize.Tool.Commands;

namespace Containerize.Tool.Containers;

/// <summary>The local engine: images, their unpacked layers, containers and what runs them.</summary>
internal sealed class LocalEngine
{
    private readonly Terminal _terminal;
    private readonly StoragePaths _paths;

    internal LocalEngine(Terminal terminal)
    {
        _terminal = terminal;
        _paths = StoragePaths.From(terminal.Variable);
        Containers = new ContainerStore(_paths);
        Volumes = new VolumeStore(_paths);
        Images = new ImageStore(_paths);
        Runtime = RuntimeProgram.Find(terminal);
        Machine = MachineFacts.Read();
    }

    /// <summary>The containers.</summary>
    internal ContainerStore Containers { get; }

    /// <summary>Their volumes.</summary>
    internal VolumeStore Volumes { get; }

    /// <summary>The images.</summary>
    internal ImageStore Images { get; }

    /// <summary>What runs containers.</summary>
    internal RuntimeProgram Runtime { get; }

    /// <summary>This machine.</summary>
    internal Machine Machine { get; }

    /// <summary>Where unpacked layers are.</summary>
    internal UnpackedLayers Layers => new(_paths, userAttributes: Machine.Rootless);

    /// <summary>How they become root filesystems; who is the first to ask is told where that is not as it should be.</summary>
    internal RootfsChoice ChooseRootfs()
    {
        var choice = RootfsChoice.Make(_terminal, this);
        if (choice is { IsNew: true, Kind: not RootKind.Overlay })
        {
            Warn(choice.Kind == RootKind.FuseOverlay
                ? $"root filesystems are put together by fuse-overlayfs, which is slower than the kernel: {choice.Why}"
                : $"each container gets a copy of its image's files, which takes time and space: {choice.Why}; 'dotnet containerize doctor' says what mends it");
        }

        return choice;
    }

    /// <summary>Where everything is.</summary>
    internal StoragePaths Paths => _paths;

    /// <summary>Finds an image for this machine, pulls it where that is asked for, and unpacks it.</summary>
    /// <param name="name">A local name or digest, a registry's, or oci:, oci-archive:, docker-archive:.</param>
    /// <param name="pull">always, missing or never.</param>
    /// <param name="platform">The platform; null: this machine's.</param>
    /// <param name="verbosity">How much is said of it.</param>
    /// <param name="token">Ends it.</param>
    internal async Task<ReadyImage> PrepareAsync(string name, string pull, string? platform, Verbosity verbosity, CancellationToken token)
    {
        var wanted = platform is null ? PlatformOption.OfThisMachine() : Platform.Parse(platform);
        if (pull != "always" && TryFind(name) is { } stored)
        {
            var source = Images.Source(stored);
            var image = await (await source.ReadAsync(token)).SelectAsync(wanted, source.Name, token);
            return await UnpackAsync(image, stored.Reference?.ToString() ?? name, token);
        }

        using var places = new ImagePlaces(_terminal, verbosity);
        if (ImagePlaces.AtRegistry(name) is not { } reference)
        {
            var file = places.Source(name, localFirst: false);
            return await UnpackAsync(await (await file.ReadAsync(token)).SelectAsync(wanted, file.Name, token), name, token);
        }

        if (pull == "never")
        {
            throw new ContainerizeException(5024, $"finding the image '{name}'", "it is not here, and --pull never forbids to get it", "Pull it: 'dotnet containerize pull'.");
        }

        var registry = places.Registries.PullSource(reference);
        var pulled = await (await AskAsync(registry, reference, name, wasSought: pull != "always", token)).SelectAsync(wanted, registry.Name, token);
        IReadOnlyList<Reference> names = reference.Tag is null ? [] : [reference.Digest is null ? reference : reference.WithTag(reference.Tag)];
        await places.View.RunAsync(() => Images.Destination(names, Layers).WriteAsync(pulled, token));
        return await UnpackAsync(pulled, reference.ToString(), token);
    }

    /// <summary>Removes the layers of projects that newer ones have superseded, but for those that containers have.</summary>
    internal void RemoveSuperseded() =>
        StagedLayers.RemoveSuperseded(Layers, _paths, () => Containers.List().SelectMany(c => c.Record.DiffIds).ToHashSet());

    // Who mistypes the name of an image here has not thought of a registry.
    private static async Task<Artifact> AskAsync(IImageSource registry, Reference reference, string name, bool wasSought, CancellationToken token)
    {
        try
        {
            return await registry.ReadAsync(token);
        }
        catch (ContainerizeException e) when (wasSought && ImagePlaces.IsRegistrys(e))
        {
            throw e.Retold($"finding the image '{name}'", $"there is no local image '{name}' (see 'dotnet containerize images'), so {reference.Registry} was asked");
        }
    }

    private StoredImage? TryFind(string name)
    {
        if (ImagePlaces.AtRegistry(name) is null && !name.StartsWith("local:", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return Images.Resolve(name.StartsWith("local:", StringComparison.Ordinal) ? name["local:".Length..] : name);
        }
        catch (ContainerizeException e) when (e.Number == 3020 && !name.StartsWith("local:", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private async Task<ReadyImage> UnpackAsync(Image image, string name, CancellationToken token)
    {
        var layers = await Layers.EnsureAsync(image.Layers, image.Source, progress: null, token);
        foreach (var warning in layers.Select(l => l.Warning).OfType<string>().Distinct())
        {
            WarnOnce(warning);
        }

        return new ReadyImage(name, image.Digest, image.Config, [.. layers.Select(l => l.Content)]);
    }

    /// <summary>Says something that is no error and will be so tomorrow: once.</summary>
    internal void WarnOnce(string text)
    {
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))[..16];
        try
        {
            Directory.CreateDirectory(Path.Combine(_paths.Data, "told"));
            using var mark = new FileStream(Path.Combine(_paths.Data, "told", hash), FileMode.CreateNew);
        }
        catch (IOException)
        {
            return;
        }

        Warn(text);
    }

    /// <summary>Says something that is no error.</summary>
    internal void Warn(string text) => _terminal.Error.WriteLine($"{_terminal.ErrorStyle.Yellow("warning")}: {text}");
}
