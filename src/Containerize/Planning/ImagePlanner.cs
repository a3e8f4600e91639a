using Containerize.Layers;
using Containerize.Oci;

namespace Containerize.Planning;

/// <summary>Decides everything about an image from project, settings, publish output and base; does nothing.</summary>
public static class ImagePlanner
{
    /// <summary>The plan of one image for one platform.</summary>
    /// <param name="project">The project.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="output">The publish output.</param>
    /// <param name="baseImage">The base.</param>
    /// <param name="scope">Whose layers these are, so that the cache can drop older ones: the project's path and configuration.</param>
    public static ImagePlan Plan(ProjectFacts project, ImageSettings settings, PublishOutput output, BaseFacts baseImage, string scope) =>
        Plan(project, settings, output, LayerPlanner.Plan(project, settings, output, () => UserOf(settings, baseImage), scope), baseImage);

    /// <summary>The plan of one image whose layers are planned already.</summary>
    /// <param name="project">The project.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="output">The publish output.</param>
    /// <param name="layers">What <see cref="LayerPlanner"/> made of these.</param>
    /// <param name="baseImage">The base.</param>
    public static ImagePlan Plan(
        ProjectFacts project, ImageSettings settings, PublishOutput output, IReadOnlyList<LayerSpec> layers, BaseFacts baseImage)
    {
        var platform = Platform.FromRuntimeIdentifier(project.RuntimeIdentifier);
        var config = baseImage.Config.Config ?? new ContainerConfig();
        var environment = EnvironmentOver(config.Env, settings.Environment);
        var variables = EnvironmentMap(environment);
        var user = UserOf(settings, config, variables);
        var command = AppCommand.Combine(settings.Command, StartOf(project, settings, output, baseImage), config.Entrypoint);
        var labels = new SortedDictionary<string, string>(config.Labels ?? [], StringComparer.Ordinal);
        foreach (var (key, value) in Labels.Generate(project, settings, baseImage.Name, baseImage.Digest?.ToString()))
        {
            labels[key] = value;
        }

        foreach (var (key, value) in settings.Labels)
        {
            labels[key] = value;
        }

        var docker = settings.DockerFormat ?? (baseImage.DockerFormat && settings.Compression != LayerCompression.Zstd);
        if (docker && settings.ManifestAnnotations.Count > 0)
        {
            throw SettingErrors.Conflict(
                "ContainerAnnotation and a Docker manifest", "Docker's manifest format has no annotations", "Set ContainerImageFormat to OCI.");
        }

        return new ImagePlan
        {
            Base = baseImage,
            Platform = platform,
            Layers = layers,
            Config = baseImage.Config with
            {
                Created = settings.SourceDate is { } date ? Labels.Rfc3339(date) : null,
                Architecture = platform.Architecture,
                Os = platform.Os,
                Variant = platform.Variant ?? baseImage.Config.Variant,
                Config = config with
                {
                    User = user,
                    Env = environment,
                    WorkingDir = settings.WorkingDirectory,
                    Entrypoint = NullIfEmpty(command.Entrypoint),
                    Cmd = NullIfEmpty(command.Cmd),
                    ExposedPorts = Set(config.ExposedPorts, settings.Ports.Concat(Ports.Of(variables))),
                    Volumes = Set(config.Volumes, settings.Volumes),
                    Labels = labels.Count > 0 ? labels : null,
                    StopSignal = settings.StopSignal ?? config.StopSignal,
                    Healthcheck = settings.Healthcheck ?? config.Healthcheck,
                },
                RootFs = new RootFs(),
                History = [.. BaseHistory(baseImage.Config), .. layers.Select(l => HistoryOf(l, settings))],
            },
            Annotations = settings.ManifestAnnotations,
            DockerFormat = docker,
            Compression = settings.Compression,
        };
    }

    /// <summary>The image's user, as it will be in the configuration; null where neither settings nor base name one.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="baseImage">The base.</param>
    public static string? UserOf(ImageSettings settings, BaseFacts baseImage)
    {
        var config = baseImage.Config.Config ?? new ContainerConfig();
        return UserOf(settings, config, EnvironmentMap(EnvironmentOver(config.Env, settings.Environment)));
    }

    // A framework-dependent app starts through its apphost where the base has DOTNET_ROOT but no "dotnet" on its path (the embedded one),
    // or where there is no dll to start (single file); else as the SDK starts it: dotnet App.dll.
    private static IReadOnlyList<string> StartOf(ProjectFacts project, ImageSettings settings, PublishOutput output, BaseFacts baseImage)
    {
        // An entrypoint of the user's own stands for the app's command, unless both are asked for (AppCommand.Combine).
        if (settings.Command.AppCommand.Count > 0
            || settings.Command.Instruction == "None"
            || (settings.Command.Instruction is null && settings.Command.Entrypoint.Count > 0))
        {
            return [];
        }

        var separator = settings.WorkingDirectory.Contains('\\') ? "\\" : "/";
        var host = project.AppHostName;
        var hasHost = output.Files.Any(f => f.RelativePath == host);
        var hasDll = output.Files.Any(f => f.RelativePath == project.TargetFileName);
        if (hasHost && (project.SelfContained || !hasDll || baseImage.Choice.IsEmbedded))
        {
            return [settings.WorkingDirectory + separator + host];
        }

        if (!hasDll || baseImage.Choice.IsEmbedded)
        {
            throw new ContainerizeException(
                1023,
                $"choosing what starts the container of {project.AssemblyName}",
                $"the publish folder {output.Directory} has no program '{host}'{(hasDll ? ", and the embedded base starts apps through it" : $" and no '{project.TargetFileName}'")}",
                "Leave UseAppHost on, or set ContainerAppCommand or ContainerEntrypoint.");
        }

        return ["dotnet", settings.WorkingDirectory + separator + project.TargetFileName];
    }

    // APP_UID is how Microsoft's images (and ours) name their non-root user.
    private static string? UserOf(ImageSettings settings, ContainerConfig config, Dictionary<string, string> environment) =>
        settings.User
        ?? (!string.IsNullOrEmpty(config.User) ? config.User : environment.TryGetValue("APP_UID", out var uid) && uid.Length > 0 ? uid : null);

    private static List<string> EnvironmentOver(IReadOnlyList<string>? baseEnvironment, IReadOnlyList<KeyValuePair<string, string>> own)
    {
        var result = new List<string>(baseEnvironment ?? []);
        foreach (var (name, value) in own)
        {
            var at = result.FindIndex(v => v.StartsWith(name + "=", StringComparison.Ordinal));
            if (at >= 0)
            {
                result[at] = $"{name}={value}";
            }
            else
            {
                result.Add($"{name}={value}");
            }
        }

        return result;
    }

    private static Dictionary<string, string> EnvironmentMap(IEnumerable<string> environment)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in environment)
        {
            var equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                map[variable[..equals]] = variable[(equals + 1)..];
            }
        }

        return map;
    }

    private static SortedDictionary<string, EmptyObject>? Set(SortedDictionary<string, EmptyObject>? of, IEnumerable<string> more)
    {
        var set = new SortedDictionary<string, EmptyObject>(of ?? [], StringComparer.Ordinal);
        foreach (var item in more)
        {
            set[item] = new EmptyObject();
        }

        return set.Count > 0 ? set : null;
    }

    private static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string>? list) => list is { Count: > 0 } ? list : null;

    // A base may tell less than it has layers; engines pair the two lists, so each layer gets its line.
    private static IEnumerable<History> BaseHistory(ImageConfig config)
    {
        var told = config.History ?? [];
        var missing = config.RootFs.DiffIds.Count - told.Count(h => !h.EmptyLayer);
        return told.Concat(Enumerable.Repeat(new History { CreatedBy = "base" }, Math.Max(0, missing)));
    }

    private static History HistoryOf(LayerSpec layer, ImageSettings settings) => new()
    {
        Created = settings.SourceDate is { } date ? Labels.Rfc3339(date) : null,
        CreatedBy = $"containerize: {layer.Name}",
    };
}
