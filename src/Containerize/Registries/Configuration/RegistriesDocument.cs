using Tomlyn.Serialization;

namespace Containerize.Registries.Configuration;

/// <summary>registries.conf as it is written.</summary>
internal sealed class RegistriesDocument
{
    /// <summary>The rules.</summary>
    [TomlPropertyName("registry")]
    public List<RegistryDocument>? Registry { get; set; }
}

/// <summary>A [[registry]].</summary>
internal sealed class RegistryDocument
{
    /// <summary>See <see cref="RegistryRule"/>.</summary>
    [TomlPropertyName("prefix")]
    public string? Prefix { get; set; }

    /// <summary>See <see cref="RegistryRule"/>.</summary>
    [TomlPropertyName("location")]
    public string? Location { get; set; }

    /// <summary>See <see cref="RegistryRule"/>.</summary>
    [TomlPropertyName("insecure")]
    public bool Insecure { get; set; }

    /// <summary>See <see cref="RegistryRule"/>.</summary>
    [TomlPropertyName("blocked")]
    public bool Blocked { get; set; }

    /// <summary>Whether its mirrors are for pulls by digest, where they do not say themselves.</summary>
    [TomlPropertyName("mirror-by-digest-only")]
    public bool MirrorByDigestOnly { get; set; }

    /// <summary>The mirrors.</summary>
    [TomlPropertyName("mirror")]
    public List<MirrorDocument>? Mirror { get; set; }
}

/// <summary>A [[registry.mirror]].</summary>
internal sealed class MirrorDocument
{
    /// <summary>See <see cref="RegistryMirror"/>.</summary>
    [TomlPropertyName("location")]
    public string? Location { get; set; }

    /// <summary>See <see cref="RegistryMirror"/>.</summary>
    [TomlPropertyName("insecure")]
    public bool Insecure { get; set; }

    /// <summary>all, digest-only or tag-only.</summary>
    [TomlPropertyName("pull-from-mirror")]
    public string? PullFromMirror { get; set; }
}

/// <summary>Reads it without reflection.</summary>
[TomlSerializable(typeof(RegistriesDocument))]
internal sealed partial class RegistriesToml : TomlSerializerContext;
