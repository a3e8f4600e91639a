using Containerize.Oci;

namespace Containerize.Tool.Containers;

/// <summary>An image of which containers can be made.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Digest">Its digest; null: a project, which has none.</param>
/// <param name="Config">Its configuration.</param>
/// <param name="Layers">Its layers as directories, the lowest first.</param>
internal sealed record ReadyImage(string Name, Digest? Digest, ImageConfig Config, IReadOnlyList<string> Layers);
