namespace Containerize.Planning;

/// <summary>What the build knows of the project, apart from its container settings.</summary>
public sealed record ProjectFacts
{
    /// <summary>The name of the assembly, without extension.</summary>
    public required string AssemblyName { get; init; }

    /// <summary>The assembly's file name: <c>Shop.Api.dll</c>.</summary>
    public required string TargetFileName { get; init; }

    /// <summary>The runtime identifier of the image: <c>linux-x64</c>.</summary>
    public required string RuntimeIdentifier { get; init; }

    /// <summary>The name of the program that starts the app, where there is one: the apphost, or the whole app as one file.</summary>
    public string AppHostName => RuntimeIdentifier.StartsWith("win", StringComparison.Ordinal) ? AssemblyName + ".exe" : AssemblyName;

    /// <summary>The target framework's version: <c>10.0</c>; empty where it is not .NET (Core).</summary>
    public string FrameworkVersion { get; init; } = "";

    /// <summary>The frameworks that the app runs on, with the versions that the SDK bundles.</summary>
    public IReadOnlyList<FrameworkFact> Frameworks { get; init; } = [];

    /// <summary>Whether the publish output brings its own runtime (self-contained or NativeAOT).</summary>
    public bool SelfContained { get; init; }

    /// <summary>Whether the app is compiled to native code.</summary>
    public bool NativeAot { get; init; }

    /// <summary>Whether unused code was trimmed.</summary>
    public bool Trimmed { get; init; }

    /// <summary>Whether the app does without ICU.</summary>
    public bool InvariantGlobalization { get; init; }

    /// <summary>The SDK's version.</summary>
    public string SdkVersion { get; init; } = "";

    /// <summary>The package ids of the runtime packs of a self-contained publish.</summary>
    public IReadOnlyList<string> RuntimePacks { get; init; } = [];

    /// <summary>The project's own texts for labels, by the names of MSBuild properties.</summary>
    public required SettingValues Values { get; init; }

    /// <summary>Reads the facts from a face's values.</summary>
    public static ProjectFacts Read(SettingValues values)
    {
        var assembly = values["AssemblyName"] ?? "app";
        return new ProjectFacts
        {
            AssemblyName = assembly,
            TargetFileName = values["TargetFileName"] ?? assembly + ".dll",
            RuntimeIdentifier = values["ContainerRuntimeIdentifier"] ?? "linux-x64",
            FrameworkVersion = values["TargetFrameworkIdentifier"] is null or ".NETCoreApp" ? (values["TargetFrameworkVersion"] ?? "").TrimStart('v', 'V') : "",
            Frameworks = FrameworksOf(values),
            SelfContained = values.Flag("SelfContained", false) || values.Flag("PublishSelfContained", false) || values.Flag("PublishAot", false),
            NativeAot = values.Flag("PublishAot", false),
            Trimmed = values.Flag("PublishTrimmed", false),
            InvariantGlobalization = values.Flag("InvariantGlobalization", false),
            SdkVersion = values["NETCoreSdkVersion"] ?? "",
            RuntimePacks = values.List("RuntimePack"),
            Values = values,
        };
    }

    // Framework: what the app needs (Microsoft.AspNetCore.App); KnownFramework: what the SDK knows of each for the target framework.
    private static List<FrameworkFact> FrameworksOf(SettingValues values)
    {
        var bundled = values.Items("KnownFramework").ToLookup(k => k.Identity, k => k["LatestRuntimeFrameworkVersion"] ?? "", StringComparer.OrdinalIgnoreCase);
        return [.. values.List("Framework").Distinct(StringComparer.OrdinalIgnoreCase).Select(name => new FrameworkFact(name, bundled[name].FirstOrDefault() ?? ""))];
    }
}

/// <summary>A shared framework that the app needs.</summary>
/// <param name="Name">Microsoft.NETCore.App or Microsoft.AspNetCore.App.</param>
/// <param name="Version">The runtime version that the SDK bundles for the target framework: <c>10.0.12</c>.</param>
public sealed record FrameworkFact(string Name, string Version);
