using Containerize.Oci;

namespace Containerize.Bases;

/// <summary>What an embedded base is put together from: folders on disk, nothing from a network.</summary>
public sealed record EmbeddedBaseParts
{
    /// <summary>The platform of the base; the operating-system package must be for it (CTZ3051).</summary>
    public required Platform Platform { get; init; }

    /// <summary>The absolute folder of an unpacked <c>Containerize.Base.[rid]</c> (<see cref="EmbeddedBasePackages.Find"/>).</summary>
    public required string OsPackageFolder { get; init; }

    /// <summary>True for ICU and time zones; false for the lean base, which sets DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.</summary>
    public required bool Extra { get; init; }

    /// <summary>The shared frameworks, the one that others build on first; none for self-contained and NativeAOT apps.</summary>
    public IReadOnlyList<FrameworkPack> Frameworks { get; init; } = [];
}
