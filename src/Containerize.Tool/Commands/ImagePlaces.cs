using Containerize.Bases;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Registries;
using Containerize.Storage;
using Containerize.Tool.Transfers;

namespace Containerize.Tool.Commands;

/// <summary>Where images are, as people write it: at registries, in the local store, in layouts and archives.</summary>
internal sealed class ImagePlaces : IDisposable
{
    /// <summary>What may be written for a place that is not at a registry.</summary>
    internal const string Forms = "local:NAME for a local image, oci:FOLDER, oci-archive:FILE or docker-archive:FILE, each with :NAME where it holds several";
    private const string Local = "local:";
    private const string Docker = "docker://";
    private readonly Terminal _terminal;

    internal ImagePlaces(Terminal terminal, Verbosity verbosity)
    {
        _terminal = terminal;
        View = TransferView.For(terminal, verbosity);
        var cache = StoragePaths.From(terminal.Variable).Cache;
        Registries = new RegistryClient(new RegistryOptions
        {
            Environment = terminal.Variable,
            Cache = new LayerCache(Path.Combine(cache, "layers")).Blobs,
            Journal = Path.Combine(cache, "registries"),
            Report = View.Say,
            Progress = View,
            Explain = line =>
            {
                if (verbosity >= Verbosity.Normal)
                {
                    View.Say(line);
                }
            },
        });
    }

    /// <summary>What people see of what moves.</summary>
    internal TransferView View { get; }

    /// <summary>The registries.</summary>
    internal RegistryClient Registries { get; }

    public void Dispose() => Registries.Dispose();

    /// <summary>The name at a registry; null where the text is of another form.</summary>
    internal static Reference? AtRegistry(string text)
    {
        if (text.StartsWith(Docker, StringComparison.Ordinal))
        {
            return Reference.Parse(text[Docker.Length..]);
        }

        return text.StartsWith(Local, StringComparison.Ordinal) || IsFile(text) ? null : Reference.Parse(text);
    }

    /// <summary>Whether a failure is that of a registry, or of the way to it (docs/errors.md).</summary>
    internal static bool IsRegistrys(ContainerizeException e) => e.Number is >= 4000 and < 5000;

    /// <summary>Whether what is written as a registry's name is the name of a local image too.</summary>
    internal bool HasLocally(string text) =>
        !text.StartsWith(Docker, StringComparison.Ordinal)
        && !text.StartsWith(Local, StringComparison.Ordinal)
        && !IsFile(text)
        && Reference.TryParse(text, out var reference)
        && LocalImages.Open(_terminal).Contains(reference);

    /// <summary>Opens what is to be read; a name without a form is at its registry, or in the local store.</summary>
    internal IImageSource Source(string text, bool localFirst)
    {
        if (IsFile(text))
        {
            return BaseSources.Open(BaseReference.Parse(text, _terminal.Directory), Registries, Oci.Platform.LinuxAmd64);
        }

        if (text.StartsWith(Local, StringComparison.Ordinal) || (localFirst && !text.StartsWith(Docker, StringComparison.Ordinal)))
        {
            var store = LocalImages.Open(_terminal);
            return store.Source(store.Resolve(text.StartsWith(Local, StringComparison.Ordinal) ? text[Local.Length..] : text));
        }

        return Registries.PullSource(AtRegistry(text)!);
    }

    /// <summary>Opens what is to be written; a name without a form is at its registry.</summary>
    internal IImageDestination Destination(string text)
    {
        if (text.StartsWith(Local, StringComparison.Ordinal))
        {
            return LocalImages.Open(_terminal).Destination([Reference.Parse(text[Local.Length..])]);
        }

        if (!IsFile(text))
        {
            return Registries.PushDestination([AtRegistry(text)!]);
        }

        var place = BaseReference.Parse(text, _terminal.Directory);
        return place.Kind == BaseKind.OciLayout
            ? new OciLayout(place.Path!, place.Name)
            : new ImageArchive(
                place.Path!, place.Name is null ? [] : [Reference.Parse(place.Name)], place.Kind == BaseKind.OciArchive ? ArchiveFormat.Oci : ArchiveFormat.Docker);
    }

    private static bool IsFile(string text) =>
        text.StartsWith("oci:", StringComparison.Ordinal)
        || text.StartsWith("oci-archive:", StringComparison.Ordinal)
        || text.StartsWith("docker-archive:", StringComparison.Ordinal);
}
