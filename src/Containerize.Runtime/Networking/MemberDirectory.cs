using System.Text.Json;
using Containerize.Runtime.Documents;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>The members of a named network while nobody else changes them: a lock, and a file for each.</summary>
/// <remarks>A member whose monitor was killed is found out by whoever comes next, who takes its file and its cable away.</remarks>
internal sealed class MemberDirectory : IDisposable
{
    private const int MostBytes = 65536;

    private readonly string _path;
    private readonly Descriptor _lock;

    private MemberDirectory(string path, Descriptor taken)
    {
        _path = path;
        _lock = taken;
        Boot = NetworkMember.CurrentBoot;
    }

    /// <summary>The kernel's boot.</summary>
    public string Boot { get; }

    /// <summary>Those that are alive.</summary>
    public List<NetworkMember> Members { get; } = [];

    /// <summary>Those that were not, whose files are gone now.</summary>
    public List<NetworkMember> Dead { get; } = [];

    /// <summary>Waits for the others and reads them.</summary>
    /// <param name="networkFile">The network's own file; the directory is beside it.</param>
    /// <param name="self">The file of a container whose own member is not read: what it was before.</param>
    public static MemberDirectory Open(string networkFile, string self)
    {
        var path = Path.ChangeExtension(networkFile, ".members");
        Directory.CreateDirectory(path);
        var members = new MemberDirectory(path, FileLock.Take(Path.Combine(path, "lock")));
        try
        {
            members.Read(self);
            return members;
        }
        catch
        {
            members.Dispose();
            throw;
        }
    }

    /// <summary>Writes a member's file.</summary>
    public void Write(NetworkMember member) =>
        FileSystem.Replace(Descriptor.WorkingDirectory, FileOf(member), RuntimeDocuments.Write(member), 0b110_000_000);

    /// <summary>Removes a member's file.</summary>
    public void Remove(NetworkMember member) => FileSystem.TryRemove(Descriptor.WorkingDirectory, FileOf(member), isDirectory: false);

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private void Read(string self)
    {
        foreach (var file in Directory.GetFiles(_path, "*.json"))
        {
            NetworkMember member;
            try
            {
                using var opened = FileSystem.Open(Descriptor.WorkingDirectory, file, OpenFlags.ReadOnly);
                member = RuntimeDocuments.ReadNetworkMember(FileSystem.ReadToEnd(opened.Number, MostBytes, file));
            }
            catch (JsonException)
            {
                // Of a version of ours that is not this one.
                FileSystem.TryRemove(Descriptor.WorkingDirectory, file, isDirectory: false);
                continue;
            }

            if (Path.GetFileNameWithoutExtension(file) != self && member.IsAlive(Boot))
            {
                Members.Add(member);
            }
            else
            {
                Dead.Add(member);
                FileSystem.TryRemove(Descriptor.WorkingDirectory, file, isDirectory: false);
            }
        }
    }

    private string FileOf(NetworkMember member) => Path.Combine(_path, Path.GetFileName(member.Directory) + ".json");
}
