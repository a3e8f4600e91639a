using System.Globalization;
using Containerize.Containers;
using Containerize.Runtime.Documents;

namespace Containerize.Runtime.Monitoring;

/// <summary>A container's state.json, which only its monitor writes.</summary>
internal sealed class StatusFile
{
    private const int MostBytes = 4 << 20;
    private readonly string _path;
    private readonly string _id;
    private readonly EventLog _events;

    /// <summary>Takes over from a monitor before us.</summary>
    /// <param name="directory">The container's directory.</param>
    /// <param name="id">Its id.</param>
    public StatusFile(string directory, string id)
    {
        (_id, _events) = (id, ContainerRemoval.EventsOf(directory));
        _path = Path.Combine(directory, "state.json");
        using var file = FileSystem.TryOpen(Descriptor.WorkingDirectory, _path, OpenFlags.ReadOnly) is >= 0 and var opened ? new Descriptor((int)opened) : null;
        Current = file is null ? new ContainerStatus() : RuntimeDocuments.ReadContainerStatus(FileSystem.ReadToEnd(file.Number, MostBytes, _path));
    }

    /// <summary>What is written there.</summary>
    public ContainerStatus Current { get; private set; }

    /// <summary>Now, as it is written there.</summary>
    public static string Now => DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Writes a change, and what has happened by it into the log.</summary>
    public void Write(ContainerStatus status)
    {
        var before = Current;
        Current = status;
        try
        {
            FileSystem.Replace(Descriptor.WorkingDirectory, _path, RuntimeDocuments.Write(status), 0b110_000_000);
        }
        catch (SyscallException e) when (e.Errno is Errno.ENOSPC or Errno.EDQUOT)
        {
            // A full disk is no reason to end a container: the next change is written with this one in it.
        }

        foreach (var happened in StatusChange.Between(before, status))
        {
            _events.Add(happened with { Id = _id });
        }
    }
}
