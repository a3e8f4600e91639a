namespace Containerize.Tool.Doctor;

/// <summary>Programs of the system by name.</summary>
internal static class OutsidePrograms
{
    /// <summary>The path of a program; null where it is not installed.</summary>
    internal static string? Find(string name) =>
        ((string[])["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/local/sbin"]).Select(d => $"{d}/{name}").FirstOrDefault(File.Exists);
}
