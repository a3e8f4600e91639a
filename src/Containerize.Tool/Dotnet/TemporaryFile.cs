namespace Containerize.Tool.Dotnet;

/// <summary>A file through which a child hands over its result, gone when disposed.</summary>
internal sealed class TemporaryFile : IDisposable
{
    // A folder of our own, which no other user can put a link into.
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("containerize-");

    internal string Path => System.IO.Path.Combine(_folder.FullName, "result.json");

    /// <inheritdoc />
    public void Dispose() => _folder.Delete(recursive: true);
}
