namespace Containerize.Bases;

/// <summary>One shared framework as NuGet carries it: an unpacked runtime pack.</summary>
/// <param name="Name">The framework: <c>Microsoft.NETCore.App</c> or <c>Microsoft.AspNetCore.App</c>.</param>
/// <param name="Version">The framework's version, which is the pack's too: <c>10.0.12</c>.</param>
/// <param name="PackFolder">The absolute folder of the unpacked <c>[Name].Runtime.[RuntimeIdentifier]</c>.</param>
/// <param name="RuntimeIdentifier">The runtime identifier of the pack: <c>linux-x64</c>.</param>
public sealed record FrameworkPack(string Name, string Version, string PackFolder, string RuntimeIdentifier);
