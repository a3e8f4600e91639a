using Containerize.Containers;
using Containerize.Storage;

namespace Containerize.Tool.Containers;

/// <summary>Where named networks are described.</summary>
/// <param name="paths">Where things are.</param>
internal sealed class NetworkPlaces(StoragePaths paths)
{
    /// <summary>The folder of all.</summary>
    internal string Directory { get; } = Path.Combine(paths.Data, "networks");

    /// <summary>The file of one.</summary>
    internal string FileOf(string name) => Path.Combine(Directory, name + ".json");

    /// <summary>A plan with the file of its network.</summary>
    internal NetworkPlan Complete(NetworkPlan plan) => plan.Kind == NetworkKind.Named ? plan with { NetworkFile = FileOf(plan.Name!) } : plan;
}
