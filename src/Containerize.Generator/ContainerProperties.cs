using Microsoft.CodeAnalysis.Diagnostics;

namespace Containerize.Generator;

/// <summary>The project's properties as the compiler passes them on (CompilerVisibleProperty); "" where there is none.</summary>
internal sealed record ContainerProperties(
    bool IsEnabled, ImageProperties Image, ProcessProperties Process)
{
    internal static ContainerProperties Read(AnalyzerConfigOptions options)
    {
        string Value(string name) => options.TryGetValue("build_property." + name, out var value) ? value.Trim() : "";
        return new ContainerProperties(
            string.Equals(Value("ContainerGenerateInfo"), "true", StringComparison.OrdinalIgnoreCase),
            new ImageProperties(Value("ContainerRepository"), Value("ContainerImageTag"), Value("ContainerImageTags"), Value("ContainerBaseImage")),
            new ProcessProperties(Value("ContainerInfoPorts"), Value("ContainerUser"), Value("ContainerWorkingDirectory")));
    }
}

/// <summary>The properties that name the image and its base.</summary>
internal sealed record ImageProperties(string Repository, string Tag, string Tags, string BaseImage);

/// <summary>The properties of the process in the container.</summary>
internal sealed record ProcessProperties(string Ports, string User, string WorkingDirectory);
