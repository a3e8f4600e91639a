using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;

namespace Containerize.Bases;

/// <summary>Puts the embedded base image together from packages on disk: no registry, no network, no tag.</summary>
/// <remarks>
/// The same packages give the same digest. Its environment and user are those of Microsoft's images, so that an app finds what it finds there
/// (https://github.com/dotnet/dotnet-docker/blob/main/documentation/image-artifact-details.md).
/// </remarks>
public static class EmbeddedBase
{
    /// <summary>The number of the user <c>app</c>, as text.</summary>
    public const string AppUser = "1654";

    private const string NetCoreApp = "Microsoft.NETCore.App";
    private const string AspNetCoreApp = "Microsoft.AspNetCore.App";

    /// <summary>
    /// The base image: the operating system's layers as the package has them, then one layer per framework. CTZ3051 and CTZ3052 where a
    /// package is damaged or not for the platform.
    /// </summary>
    /// <param name="parts">The folders that it is made of.</param>
    /// <param name="builder">Makes and caches the frameworks' layers.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<Image> AssembleAsync(EmbeddedBaseParts parts, LayerBuilder builder, CancellationToken cancellationToken = default)
    {
        var package = EmbeddedOsPackage.Read(parts.OsPackageFolder, parts.Platform);
        var layers = new List<Layer> { package.Layer("os") };
        var history = new List<History> { Made($"operating system: {package.Document.Distribution}") };
        if (parts.Extra)
        {
            layers.Add(package.Layer("extra"));
            history.Add(Made("ICU and time zones"));
        }

        foreach (var pack in parts.Frameworks)
        {
            RequirePlatform(pack, parts.Platform);
            var spec = LayerSpec.Create($"{pack.Name} {pack.Version}", EmbeddedFrameworkLayout.Entries(pack));
            layers.Add(await builder.BuildAsync(spec, LayerCompression.Gzip, cancellationToken));
            history.Add(Made($"{pack.Name} {pack.Version}"));
        }

        var config = new ImageConfig
        {
            Architecture = parts.Platform.Architecture,
            Os = parts.Platform.Os,
            Config = new ContainerConfig { User = AppUser, Env = Environment(parts) },
            History = history,
        };
        return Image.Create(config, layers);
    }

    private static List<string> Environment(EmbeddedBaseParts parts)
    {
        List<string> environment =
        [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            $"APP_UID={AppUser}",
            "ASPNETCORE_HTTP_PORTS=8080",
            "DOTNET_RUNNING_IN_CONTAINER=true",
        ];
        if (!parts.Extra)
        {
            environment.Add("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true");
        }

        foreach (var pack in parts.Frameworks)
        {
            if (pack.Name is NetCoreApp or AspNetCoreApp)
            {
                environment.Add($"{(pack.Name == NetCoreApp ? "DOTNET_VERSION" : "ASPNET_VERSION")}={pack.Version}");
            }
        }

        if (parts.Frameworks.Count > 0)
        {
            environment.Add($"DOTNET_ROOT=/{EmbeddedFrameworkLayout.DotnetRoot}");
        }

        return environment;
    }

    private static void RequirePlatform(FrameworkPack pack, Platform platform)
    {
        if (pack.RuntimeIdentifier is not ("linux-x64" or "linux-arm64"))
        {
            throw EmbeddedBaseErrors.NoBaseFor(pack.RuntimeIdentifier);
        }

        if (!Platform.FromRuntimeIdentifier(pack.RuntimeIdentifier).IsServedBy(platform))
        {
            throw EmbeddedBaseErrors.RuntimePack(pack, $"it is for {pack.RuntimeIdentifier} and not for {platform}");
        }
    }

    // No time: the history is part of the digest.
    private static History Made(string what) => new() { CreatedBy = $"Containerize embedded base: {what}" };
}
