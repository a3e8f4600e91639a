namespace Containerize.Testing;

/// <summary>An empty folder of a test's own, gone when disposed.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>The absolute path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("containerize-").FullName;

    /// <summary>A path in the folder.</summary>
    public string this[string relative] => System.IO.Path.Combine(Path, relative);

    /// <summary>Writes a file, with the folders above it; gives its path.</summary>
    public string Write(string relative, string text)
    {
        var path = this[relative];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Writes a file of bytes, with the folders above it; gives its path.</summary>
    public string Write(string relative, ReadOnlySpan<byte> bytes)
    {
        var path = this[relative];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Makes a folder in it; gives its path.</summary>
    public string Folder(string relative) => Directory.CreateDirectory(this[relative]).FullName;

    /// <inheritdoc />
    public void Dispose()
    {
        if (!Directory.Exists(Path))
        {
            return;
        }

        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (UnauthorizedAccessException) when (!OperatingSystem.IsWindows())
        {
            // A test took our own permission away.
            foreach (var folder in new DirectoryInfo(Path).EnumerateDirectories("*", SearchOption.AllDirectories).Prepend(new DirectoryInfo(Path)))
            {
                folder.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            }

            Directory.Delete(Path, recursive: true);
        }
    }
}
