using Containerize.Layers;
using Containerize.Registries;
using Containerize.Storage;

namespace Containerize.Building;

/// <summary>What a build needs of the machine: folders, environment, packages, threads; handed in so that nothing is global.</summary>
public sealed class BuildContext
{
    /// <summary>Creates a context.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="packages">Finds or fetches the packages of the embedded base.</param>
    /// <param name="report">Takes a line about what is going on, for those who want to know.</param>
    public BuildContext(Func<string, string?> environment, IPackageFolders packages, Action<string> report)
    {
        Environment = environment;
        Packages = packages;
        Report = report;
        Paths = StoragePaths.From(environment);
        Cache = new LayerCache(Path.Combine(Paths.Cache, "layers"));
        Layers = new LayerBuilder(Cache, Math.Clamp(System.Environment.ProcessorCount, 1, 8));
        _registries = new Lazy<RegistryClient>(() => new RegistryClient(new RegistryOptions
        {
            Environment = environment,
            Cache = Cache.Blobs,
            Journal = Path.Combine(Paths.Cache, "registries"),
            Report = report,
            Explain = report,
        }));
        _images = new Lazy<ImageStore>(() => new ImageStore(Paths));
    }

    private readonly Lazy<RegistryClient> _registries;
    private readonly Lazy<ImageStore> _images;

    /// <summary>Reads an environment variable.</summary>
    public Func<string, string?> Environment { get; }

    /// <summary>Finds or fetches the packages of the embedded base.</summary>
    public IPackageFolders Packages { get; }

    /// <summary>Takes a line about what is going on.</summary>
    public Action<string> Report { get; }

    /// <summary>The folders.</summary>
    public StoragePaths Paths { get; }

    /// <summary>The layers built before.</summary>
    public LayerCache Cache { get; }

    /// <summary>Builds layers.</summary>
    public LayerBuilder Layers { get; }

    /// <summary>The registries; made when first asked for, as HTTP costs its start.</summary>
    public RegistryClient Registries => _registries.Value;

    /// <summary>The local images.</summary>
    public ImageStore Images => _images.Value;
}
