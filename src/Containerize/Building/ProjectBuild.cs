using Containerize.Images;
using Containerize.Oci;
using Containerize.Planning;

namespace Containerize.Building;

/// <summary>The way from a published project to an image at its destinations; both faces, task and tool, call this.</summary>
/// <param name="context">The machine.</param>
public sealed class ProjectBuild(BuildContext context)
{
    /// <summary>The plan for each platform; nothing is built or written.</summary>
    public async Task<IReadOnlyList<ImagePlan>> PlanAsync(IReadOnlyList<PlatformInput> platforms, CancellationToken cancellationToken)
    {
        var plans = new List<ImagePlan>();
        foreach (var platform in platforms)
        {
            plans.Add((await PlanOneAsync(Job.Read(platform), cancellationToken)).Plan);
        }

        return plans;
    }

    /// <summary>Builds an image, or an index where there are several platforms, and writes it to its destinations.</summary>
    public async Task<BuiltImage> BuildAsync(IReadOnlyList<PlatformInput> platforms, CancellationToken cancellationToken)
    {
        // Everything that can be wrong in the settings is said before anything is built.
        var values = platforms[0].Values;
        var names = ImageNames.Read(values, DateTimeOffset.UtcNow);
        var jobs = platforms.Select(Job.Read).ToList();
        using var lease = context.Cache.Lease();
        var images = new List<PlatformImage>();
        foreach (var job in jobs)
        {
            var (plan, baseImage) = await PlanOneAsync(job, cancellationToken);
            foreach (var warning in plan.Layers.SelectMany(l => l.Warnings))
            {
                context.Report(warning);
            }

            var image = await ImageBuilder.BuildAsync(plan, baseImage, context.Layers, cancellationToken);
            images.Add(new PlatformImage(image, plan, baseImage.Manifest.Layers.Count));
        }

        // One format for all: an index of both kinds is legal and yet refused by some registries. A layout is OCI's, so an image that only follows
        // its base's format is OCI's there and everywhere: one digest in all places.
        var docker = images.All(i => i.Plan.DockerFormat) && values["ContainerLayoutOutputPath"] is null;
        images = [.. images.Select(i => i with { Image = i.Image.WithFormat(docker) })];
        Artifact artifact = images.Count == 1
            ? images[0].Image
            : IndexOf(images, docker, jobs[0].Settings);
        var destinations = await Destinations.ReadAsync(values, names, new ArtifactForm(docker, images.Count > 1), context, cancellationToken);
        await new TeeDestination(destinations.Places).WriteAsync(artifact, cancellationToken);
        return new BuiltImage(artifact, images, names, destinations);
    }

    private static ImageIndex IndexOf(List<PlatformImage> images, bool docker, ImageSettings settings)
    {
        if (docker && settings.IndexAnnotations.Count > 0)
        {
            throw SettingErrors.Conflict(
                "ContainerAnnotation and a Docker manifest list", "Docker's manifest list has no annotations", "Set ContainerImageFormat to OCI.");
        }

        return ImageIndex.Create([.. images.Select(i => i.Image)], docker, settings.IndexAnnotations);
    }

    // The base may be far away, and what this machine has to do need not wait for it; what goes wrong here is told first.
    private async Task<Planned> PlanOneAsync(Job job, CancellationToken cancellationToken)
    {
        var (platform, project, settings) = job;
        var choice = BaseInference.Choose(settings, project);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var resolving = Task.Run(() => BaseResolver.ResolveAsync(choice, project, context, stop.Token), stop.Token);
        try
        {
            OciJson.Prepare();
            var output = PublishOutput.Scan(platform.PublishDirectory, platform.PublishItems, project.RuntimePacks);
            var (image, facts) = await resolving;
            var scope = $"{platform.Values["ProjectFile"]}|{platform.Values["Configuration"]}|{project.RuntimeIdentifier}";
            return new Planned(ImagePlanner.Plan(project, settings, output, facts, scope), image);
        }
        catch when (!resolving.IsCompleted)
        {
            stop.Cancel();
            await Task.WhenAny(resolving);
            throw;
        }
    }

    private sealed record Planned(ImagePlan Plan, Image Base);

    private sealed record Job(PlatformInput Input, ProjectFacts Project, ImageSettings Settings)
    {
        public static Job Read(PlatformInput input)
        {
            var project = ProjectFacts.Read(input.Values);
            return new Job(input, project, ImageSettingsReader.Read(input.Values, project.RuntimeIdentifier));
        }
    }
}

/// <summary>The image of one platform.</summary>
/// <param name="Image">The image.</param>
/// <param name="Plan">The plan that it came from.</param>
/// <param name="BaseLayers">How many of its layers are the base's.</param>
public sealed record PlatformImage(Image Image, ImagePlan Plan, int BaseLayers);

/// <summary>What was built and where it is.</summary>
/// <param name="Artifact">The image or index.</param>
/// <param name="Images">The image of each platform.</param>
/// <param name="Names">Its names.</param>
/// <param name="Destinations">Where it was written.</param>
public sealed record BuiltImage(Artifact Artifact, IReadOnlyList<PlatformImage> Images, ImageNames Names, Destinations Destinations)
{
    /// <summary>The first name with the digest: <c>app:latest@sha256:...</c>.</summary>
    public string Reference => $"{Names.References[0]}@{Artifact.Digest}";
}
