using System.Security.Cryptography;
using System.Text;

namespace Containerize.Testing;

/// <summary>The folder of what can be made again, beside the tool's own caches.</summary>
internal static class UserCache
{
    internal static string Folder => Path.Combine(Root, "testing");

    /// <summary>A short name for a path.</summary>
    internal static string KeyOf(string path) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))[..16];

    private static string Root =>
        Variable("CONTAINERIZE_ROOT") ?? Path.Combine(Variable("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "containerize");

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
