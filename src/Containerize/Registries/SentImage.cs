using Containerize.Images;

namespace Containerize.Registries;

/// <summary>What a repository has got, all but the tags.</summary>
/// <param name="ChildrenFirst">The manifests and indexes, the artifact itself last.</param>
/// <param name="Tags">The tags that are to be moved to it.</param>
internal sealed record SentImage(IReadOnlyList<Artifact> ChildrenFirst, IReadOnlyList<string> Tags)
{
    /// <summary>The artifact itself.</summary>
    internal Artifact Artifact => ChildrenFirst[^1];
}
