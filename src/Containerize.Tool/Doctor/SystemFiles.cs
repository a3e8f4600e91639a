namespace Containerize.Tool.Doctor;

/// <summary>The files in which a machine says how it is set up.</summary>
/// <param name="root">The folder that is its root directory.</param>
internal sealed class SystemFiles(string root = "/")
{
    private static readonly string[] ProgramFolders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/local/sbin"];

    /// <summary>A small file's text without the space around it; empty where it cannot be read.</summary>
    internal string Text(string path)
    {
        try
        {
            return File.Exists(Real(path)) ? File.ReadAllText(Real(path)).Trim() : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>A program's path; null where it is not installed.</summary>
    internal string? Find(string program) => ProgramFolders.Select(d => $"{d}/{program}").FirstOrDefault(p => File.Exists(Real(p)));

    /// <summary>Whether a program of that path is executed with its owner's rights, or has file capabilities.</summary>
    internal bool GivesRights(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        using var file = Linux.FileSystem.Open(Linux.Descriptor.WorkingDirectory, Real(path), Linux.OpenFlags.PathOnly);
        return (File.GetUnixFileMode(Real(path)) & UnixFileMode.SetUser) != 0 || Linux.RawNodes.Attribute(file.Number, "security.capability"u8).Length > 0;
    }

    private string Real(string path) => Path.Combine(root, path.TrimStart('/'));
}
