using Containerize.Storage;

namespace Containerize.Containers;

/// <summary>Named volumes: a directory each, which outlives every container.</summary>
/// <param name="paths">Where things are.</param>
public sealed class VolumeStore(StoragePaths paths)
{
    private const string Data = "_data";

    /// <summary>The folder of all.</summary>
    public string Directory { get; } = Path.Combine(paths.Data, "volumes");

    /// <summary>Their names, in ordinal order.</summary>
    public IReadOnlyList<string> List() =>
        System.IO.Directory.Exists(Directory) ? [.. System.IO.Directory.EnumerateDirectories(Directory).Select(d => Path.GetFileName(d)!).Where(ContainerName.IsValid).Order(StringComparer.Ordinal)] : [];

    /// <summary>The directory of a volume's files, which is made where it is not there.</summary>
    public string Ensure(string name)
    {
        var path = PathOf(name);
        try
        {
            System.IO.Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Write(path, e);
        }

        return path;
    }

    /// <summary>The directory of a volume's files.</summary>
    public string PathOf(string name) => Path.Combine(Directory, name, Data);

    /// <summary>Whether there is one of that name.</summary>
    public bool Contains(string name) => System.IO.Directory.Exists(PathOf(name));

    /// <summary>Takes a volume away with all that is in it; CTZ5035 where there is none.</summary>
    public void Remove(string name)
    {
        if (!Contains(name))
        {
            throw new ContainerizeException(5035, $"removing the volume '{name}'", "there is none of that name", "See 'dotnet containerize volume ls'.");
        }

        try
        {
            System.IO.Directory.Delete(Path.Combine(Directory, name), recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Write(PathOf(name), e);
        }
    }
}
