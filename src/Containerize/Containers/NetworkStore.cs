using System.Globalization;
using System.Text.Json;
using Containerize.Containers.Options;
using Containerize.Storage;

namespace Containerize.Containers;

/// <summary>Named networks: a file each, which says what addresses they have; who is in one its members say themselves.</summary>
/// <param name="paths">Where things are.</param>
public sealed class NetworkStore(StoragePaths paths)
{
    private const int MaxBytes = 1 << 20;
    private const string Suffix = ".json";

    /// <summary>The folder of all.</summary>
    public string Directory { get; } = Path.Combine(paths.Data, "networks");

    /// <summary>All networks, by name.</summary>
    public IReadOnlyList<NetworkDescription> List() =>
        System.IO.Directory.Exists(Directory)
            ? [.. System.IO.Directory.EnumerateFiles(Directory, "*" + Suffix).Order(StringComparer.Ordinal).Select(f => TryRead(Path.GetFileNameWithoutExtension(f))).OfType<NetworkDescription>()]
            : [];

    /// <summary>The file of a network.</summary>
    public string FileOf(string name) => Path.Combine(Directory, name + Suffix);

    /// <summary>A network; null where there is none.</summary>
    public NetworkDescription? TryRead(string name)
    {
        var bytes = ContainerName.IsValid(name) ? AtomicFile.TryRead(FileOf(name), MaxBytes) : null;
        try
        {
            return bytes is null ? null : JsonSerializer.Deserialize(bytes, ContainersJson.Default.NetworkDescription);
        }
        catch (JsonException e)
        {
            throw new ContainerizeException(5033, $"reading {FileOf(name)}", e.Message.TrimEnd('.'), "Remove the file, which is damaged.");
        }
    }

    /// <summary>Makes a network; CTZ5037 where there is one of that name, CTZ5020 for a name or subnet that cannot be.</summary>
    /// <param name="network">What is wanted; an empty subnet is the first that is free.</param>
    /// <param name="cancellationToken">Ends the waiting for others who make one.</param>
    public async Task<NetworkDescription> CreateAsync(NetworkDescription network, CancellationToken cancellationToken)
    {
        if (!ContainerName.IsValid(network.Name) || network.Name is "host" or "none" or "private" or "bridge" or "default")
        {
            throw OptionErrors.Wrong("the network's name", network.Name, "it is not one, or has a meaning of its own", "Use letters, digits, '_', '.' and '-'.");
        }

        using var held = await FileLock.AcquireAsync(Path.Combine(paths.Data, "networks.lock"), shared: false, cancellationToken);
        if (TryRead(network.Name) is not null)
        {
            throw new ContainerizeException(5037, $"making the network '{network.Name}'", "there is one of that name", "Choose another name, or use that one.");
        }

        var made = network.Subnet.Length > 0 ? network : network with { Subnet = FreeSubnet() };
        AtomicFile.Write(FileOf(made.Name), JsonSerializer.SerializeToUtf8Bytes(made, ContainersJson.Default.NetworkDescription));
        return made;
    }

    /// <summary>Takes a network away; CTZ5038 where there is none.</summary>
    public void Remove(string name)
    {
        if (TryRead(name) is null)
        {
            throw new ContainerizeException(5038, $"finding the network '{name}'", "there is none of that name", "See 'dotnet containerize network ls'.");
        }

        File.Delete(FileOf(name));
        foreach (var members in System.IO.Directory.EnumerateFileSystemEntries(Directory, name + ".*").Where(e => Path.GetFileName(e)[(name.Length + 1)..] is "members" or "members.lock" or "lock"))
        {
            if (System.IO.Directory.Exists(members))
            {
                System.IO.Directory.Delete(members, recursive: true);
            }
            else
            {
                File.Delete(members);
            }
        }
    }

    /// <summary>Removes what says that containers are in a network that are there no longer: their monitors were killed, and nobody has joined since.</summary>
    /// <param name="exists">Whether there is a container of an id.</param>
    public void Sweep(Func<string, bool> exists)
    {
        foreach (var members in System.IO.Directory.Exists(Directory) ? System.IO.Directory.EnumerateDirectories(Directory, "*.members") : [])
        {
            foreach (var member in System.IO.Directory.EnumerateFiles(members, "*.json").Where(m => !exists(Path.GetFileNameWithoutExtension(m))).ToList())
            {
                File.Delete(member);
            }
        }
    }

    // Of those that podman's networks have too; nobody's network is known to use them.
    private string FreeSubnet()
    {
        var used = List().Select(n => n.Subnet).ToHashSet();
        return Enumerable.Range(1, 254).Select(i => string.Create(CultureInfo.InvariantCulture, $"10.89.{i}.0/24")).First(s => !used.Contains(s));
    }
}
