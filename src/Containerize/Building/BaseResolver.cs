using Containerize.Bases;
using Containerize.Images;
using Containerize.Oci;
using Containerize.Planning;

namespace Containerize.Building;

/// <summary>Opens the base that was chosen.</summary>
public static class BaseResolver
{
    /// <summary>The base image for the project's platform, and what the plan needs to know of it.</summary>
    public static async Task<ResolvedBase> ResolveAsync(
        BaseChoice choice, ProjectFacts project, BuildContext context, CancellationToken cancellationToken)
    {
        var platform = Platform.FromRuntimeIdentifier(project.RuntimeIdentifier);
        if (choice.IsEmbedded)
        {
            var embedded = await EmbeddedAsync(project, platform, context, cancellationToken);
            return new ResolvedBase(embedded, BaseFacts.Of(choice, embedded, null));
        }

        var reference = BaseReference.Parse(choice.Name, project.Values["ProjectDirectory"] ?? "");
        if (reference.RegistryAssumed)
        {
            context.Report($"The base image {choice.Name} names no registry: docker.io is meant.");
        }

        var artifact = await BaseSources.Open(reference, context.Registries, platform).ReadAsync(cancellationToken);
        var image = await artifact.SelectAsync(platform, choice.Name, cancellationToken);
        return new ResolvedBase(image, BaseFacts.Of(choice, image, artifact.Digest));
    }

    private static async Task<Image> EmbeddedAsync(ProjectFacts project, Platform platform, BuildContext context, CancellationToken cancellationToken)
    {
        var frameworks = project.SelfContained ? [] : project.Frameworks.ToDictionary(f => f.Name, f => f.Version, StringComparer.Ordinal);
        var packages = EmbeddedBasePackages.Required(project.RuntimeIdentifier, frameworks, ProductVersion.Current);
        var folders = new List<string>();
        foreach (var package in packages)
        {
            folders.Add(await context.Packages.FolderOfAsync(package, cancellationToken));
        }

        var packs = packages.Zip(folders).Skip(1).Select(p => new FrameworkPack(
            p.First.Id[..p.First.Id.IndexOf(".Runtime.", StringComparison.Ordinal)], p.First.Version, p.Second, project.RuntimeIdentifier));
        var parts = new EmbeddedBaseParts
        {
            Platform = platform,
            OsPackageFolder = folders[0],
            Extra = !project.InvariantGlobalization,
            Frameworks = [.. packs],
        };
        return await EmbeddedBase.AssembleAsync(parts, context.Layers, cancellationToken);
    }
}

/// <summary>A base that was opened.</summary>
/// <param name="Image">The image.</param>
/// <param name="Facts">What the plan needs to know of it.</param>
public sealed record ResolvedBase(Image Image, BaseFacts Facts);
