using Containerize.Containers;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Planning;
using Containerize.Threading;

namespace Containerize.Building;

/// <summary>The way from a published project to an image at its destinations; both faces, task and tool, call this.</summary>
/// <param name="context">The machine.</param>
public sealed class ProjectBuild(BuildContext context)
{
    /// <summary>The plan for each platform; nothing is built or written.</summary>
    public IReadOnlyList<ImagePlan> Plan(IReadOnlyList<PlatformInput> platforms, CancellationToken cancellationToken)
    {
        var plans = new List<ImagePlan>();
        foreach (var job in platforms.Select(Job.Read))
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var resolving = Resolve(job, stop.Token);
            try
            {
                plans.Add(Plan(job, Scan(job, resolving), resolving, null, stop).Plan);
            }
            finally
            {
                stop.Cancel();
                Background.Settle(resolving);
            }
        }

        return plans;
    }

    /// <summary>Builds an image, or an index where there are several platforms, and writes it to its destinations.</summary>
    public async Task<BuiltImage> BuildAsync(IReadOnlyList<PlatformInput> platforms, CancellationToken cancellationToken)
    {
        // Everything that can be wrong in the settings is said before anything is built.
        var values = platforms[0].Values;
        var names = ImageNames.Read(values, DateTimeOffset.UtcNow);
        // The one place to which the way is long: it is asked at once, and layers go there while others are still being made.
        var registry = names.Registries.Count == 0 ? null : context.Registries.PushDestination(names.References);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        registry?.Begin(stop.Token);
        try
        {
            var jobs = platforms.Select(Job.Read).ToList();
            using var lease = context.Cache.Lease();
            return await BuildAsync(jobs, values, names, registry, stop.Token);
        }
        catch
        {
            stop.Cancel();
            throw;
        }
        finally
        {
            // Also where the image turned out to be there already, and a layer of it is still being asked for.
            registry?.Settle();
        }
    }

    /// <summary>Lays one platform's image out for containers of it, with no image made.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="layers">Where its layers are unpacked.</param>
    /// <param name="cancellationToken">Cancels it; layers that are whole by then stay.</param>
    public async Task<StagedImage> StageAsync(PlatformInput platform, UnpackedLayers layers, CancellationToken cancellationToken)
    {
        var job = Job.Read(platform);
        var names = ImageNames.Read(platform.Values, DateTimeOffset.UtcNow);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var lease = context.Cache.Lease();
        var resolving = Resolve(job, stop.Token);
        try
        {
            var (plan, baseImage) = Plan(job, Scan(job, resolving), resolving, null, stop);
            using var held = await layers.HoldAsync(cancellationToken);
            var below = await layers.EnsureAsync(baseImage.Layers, baseImage.Source, null, cancellationToken);
            var own = new StagedLayers(layers, context.Cache, context.Paths).Ensure(plan.Layers, cancellationToken);
            return new StagedImage
            {
                Name = names.References[0].ToString(),
                Config = plan.Config with { RootFs = new RootFs { DiffIds = [.. baseImage.Layers.Select(l => l.DiffId), .. own.Select(l => l.DiffId)] } },
                Layers = [.. UnpackedLayers.Mountable([.. below, .. own]).Select(l => l.Content)],
                Warnings = [.. plan.Layers.SelectMany(l => l.Warnings), .. below.Concat(own).Select(l => l.Warning).OfType<string>().Distinct()],
            };
        }
        finally
        {
            stop.Cancel();
            Background.Settle(resolving);
        }
    }

    private async Task<BuiltImage> BuildAsync(
        List<Job> jobs, SettingValues values, ImageNames names, IEarlyDestination? registry, CancellationToken cancellationToken)
    {
        List<PlatformImage> images = [.. jobs.Select(job => BuildOne(job, registry, cancellationToken))];

        // One format for all: an index of both kinds is legal and yet refused by some registries. A layout is OCI's, so an image that only follows
        // its base's format is OCI's there and everywhere: one digest in all places.
        var docker = images.All(i => i.Plan.DockerFormat) && values["ContainerLayoutOutputPath"] is null;
        images = [.. images.Select(i => i with { Image = i.Image.WithFormat(docker) })];
        Artifact artifact = images.Count == 1
            ? images[0].Image
            : IndexOf(images, docker, jobs[0].Settings);
        var form = new ArtifactForm(docker, images.Count > 1);
        var destinations = await Destinations.ReadAsync(values, names, form, registry, context, cancellationToken);
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

    // The base may be far away, and what this machine has to do need not wait for it. What is wrong with the publish output is told first.
    private PlatformImage BuildOne(Job job, IEarlyDestination? registry, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var resolving = Resolve(job, stop.Token);
        Task<Planned>? planning = null;
        try
        {
            var scanned = Scan(job, resolving);
            foreach (var warning in scanned.Layers.SelectMany(l => l.Warnings))
            {
                context.Report(warning);
            }

            planning = Background.Run(() => Plan(job, scanned, resolving, registry, stop));
            var layers = ImageBuilder.BuildLayers(scanned.Layers, job.Settings.Compression, context.Layers, registry, stop.Token);
            var (plan, baseImage) = planning.GetAwaiter().GetResult();
            return new PlatformImage(ImageBuilder.Assemble(plan, baseImage, layers), plan, baseImage.Manifest.Layers.Count);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && planning is not null)
        {
            // We were stopped because the plan failed, which says more.
            planning.GetAwaiter().GetResult();
            throw;
        }
        finally
        {
            stop.Cancel();
            Background.Settle(resolving);
            if (planning is not null)
            {
                Background.Settle(planning);
            }
        }
    }

    private Task<ResolvedBase> Resolve(Job job, CancellationToken cancellationToken)
    {
        var choice = BaseInference.Choose(job.Settings, job.Project);
        return Background.Run(() => BaseResolver.ResolveAsync(choice, job.Project, context, cancellationToken).GetAwaiter().GetResult());
    }

    private static Scanned Scan(Job job, Task<ResolvedBase> resolving)
    {
        OciJson.Prepare();
        var (platform, project, settings) = job;
        var output = PublishOutput.Scan(platform.PublishDirectory, platform.PublishItems, project.RuntimePacks);
        var scope = $"{platform.Values["ProjectFile"]}|{platform.Values["Configuration"]}|{project.RuntimeIdentifier}";
        return new Scanned(
            output,
            LayerPlanner.Plan(project, settings, output, () => ImagePlanner.UserOf(settings, resolving.GetAwaiter().GetResult().Facts), scope));
    }

    private static Planned Plan(
        Job job, Scanned scanned, Task<ResolvedBase> resolving, IEarlyDestination? registry, CancellationTokenSource stop)
    {
        try
        {
            var (image, facts) = resolving.GetAwaiter().GetResult();
            var plan = ImagePlanner.Plan(job.Project, job.Settings, scanned.Output, scanned.Layers, facts);
            foreach (var layer in image.Layers)
            {
                registry?.Announce(layer, isNew: false);
            }

            return new Planned(plan, image);
        }
        catch
        {
            stop.Cancel();
            throw;
        }
    }

    private sealed record Scanned(PublishOutput Output, IReadOnlyList<LayerSpec> Layers);

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
