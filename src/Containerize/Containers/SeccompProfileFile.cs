using System.Text.Json;
using Containerize.Containers.Options;
using Containerize.Oci.Runtime;

namespace Containerize.Containers;

/// <summary>Reads a seccomp profile in docker's form, which is the runtime's with rules for some capabilities and processors only.</summary>
/// <remarks>https://docs.docker.com/engine/security/seccomp/</remarks>
internal static class SeccompProfileFile
{
    private const int MaxBytes = 4 << 20;

    /// <summary>The profile; CTZ5020 where the file cannot be read or is none.</summary>
    internal static SeccompSpec Read(string path, IReadOnlySet<string> capabilities)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                throw Wrong(path, "it is larger than 4 MiB");
            }

            var bytes = File.ReadAllBytes(path);
            var profile = ContainerDocuments.ReadSeccompSpec(bytes);
            using var document = JsonDocument.Parse(bytes);
            return profile with
            {
                Architectures = profile.Architectures ?? Architectures(document.RootElement),
                Syscalls = profile.Syscalls is null ? null : [.. profile.Syscalls.Zip(document.RootElement.GetProperty("syscalls").EnumerateArray(), (rule, json) => (rule, json)).Where(r => Holds(r.json, capabilities)).Select(r => r.rule)],
            };
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw Wrong(path, e.Message.TrimEnd('.'));
        }
    }

    private static List<string>? Architectures(JsonElement profile)
    {
        if (!profile.TryGetProperty("archMap", out var map))
        {
            return null;
        }

        var own = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64";
        return
        [
            .. map.EnumerateArray().Where(m => m.GetProperty("architecture").GetString() == own)
                .SelectMany(m => (string[])[own, .. m.TryGetProperty("subArchitectures", out var others) && others.ValueKind == JsonValueKind.Array ? others.EnumerateArray().Select(o => o.GetString()!) : []]),
        ];
    }

    private static bool Holds(JsonElement rule, IReadOnlySet<string> capabilities) =>
        (!rule.TryGetProperty("includes", out var includes) || Matches(includes, capabilities, whenSilent: true))
        && (!rule.TryGetProperty("excludes", out var excludes) || !Matches(excludes, capabilities, whenSilent: false));

    private static bool Matches(JsonElement condition, IReadOnlySet<string> capabilities, bool whenSilent)
    {
        var said = false;
        var holds = whenSilent;
        if (Names(condition, "caps") is { Count: > 0 } caps)
        {
            said = true;
            holds = whenSilent ? caps.All(capabilities.Contains) : caps.Any(capabilities.Contains);
        }

        if (Names(condition, "arches") is { Count: > 0 } arches)
        {
            var own = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";
            var here = arches.Contains(own);
            holds = said ? (whenSilent ? holds && here : holds || here) : here;
        }

        return holds;
    }

    private static List<string> Names(JsonElement condition, string name) =>
        condition.ValueKind == JsonValueKind.Object && condition.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(e => e.GetString() ?? "")] : [];

    private static ContainerizeException Wrong(string path, string why) =>
        OptionErrors.Wrong("--security-opt", $"seccomp={path}", why, "Name a profile in docker's form, or unconfined.");
}
