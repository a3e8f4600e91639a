using System.Text.Json;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Containers;

/// <summary>A project laid out for a container of it: what its image would say, and its layers as directories. A build hands it over in a file.</summary>
public sealed record StagedImage
{
    private const int MostBytes = 16 << 20;

    /// <summary>What the image would be called.</summary>
    public string Name { get; init; } = "";

    /// <summary>What its configuration would be.</summary>
    public ImageConfig Config { get; init; } = new();

    /// <summary>Its layers, the lowest first, absolute paths.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>The folders and files that it was built from, absolute paths; see <see cref="StagedSources"/>.</summary>
    public StagedSources Sources { get; init; } = new();

    /// <summary>What people should know, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads one that a build has written; CTZ7032 where it is none.</summary>
    public static StagedImage Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(AtomicFile.TryRead(path, MostBytes) ?? throw new JsonException("the build wrote nothing"), ContainersJson.Default.StagedImage)!;
        }
        catch (JsonException e)
        {
            throw new ContainerizeException(
                7032, "reading what the build gave", e.Message.TrimEnd('.'), "See the output above; use the same version of package and tool.", e);
        }
    }

    /// <summary>Writes it; CTZ3011.</summary>
    public void Write(string path) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, ContainersJson.Default.StagedImage));
}

/// <summary>What a project is built from, for those who wait for its change.</summary>
public sealed record StagedSources
{
    /// <summary>The folders of the project and of those that it references.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Files that lie elsewhere.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Folders that builds write to.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];
}
