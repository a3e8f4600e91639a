
namespace Containerize.Runtime.Cgroups;

/// <summary>A container's cgroups of version 1 as a process enters them by itself.</summary>
/// <remarks>
/// To move another process, or all threads of one, the kernel first waits for a grace period in which no CPU forks or executes: milliseconds. A
/// thread that moves itself alone need not wait (cgroup_procs_write_start,
/// <see href="https://github.com/torvalds/linux/blob/master/kernel/cgroup/cgroup.c"/>), and the thread that executes is the one that remains.
/// </remarks>
/// <param name="Files">The files into which it writes "0".</param>
/// <param name="Paths">The cgroups that they are of.</param>
internal sealed record CgroupEntrance(IReadOnlyList<Descriptor> Files, IReadOnlyList<string> Paths) : IDisposable
{
    /// <summary>Opens the entrance of directories, which stay the caller's.</summary>
    /// <exception cref="SyscallException">A file of them cannot be opened.</exception>
    public static CgroupEntrance Open(IReadOnlyList<CgroupDirectory> directories)
    {
        var files = new List<Descriptor>();
        var paths = new List<string>();
        var entrance = new CgroupEntrance(files, paths);
        try
        {
            foreach (var directory in directories)
            {
                if (directory.Version == CgroupVersion.One)
                {
                    files.Add(directory.OpenForWriting("tasks"));
                    paths.Add(directory.Path);
                }
            }

            return entrance;
        }
        catch
        {
            entrance.Dispose();
            throw;
        }
    }

    /// <summary>Moves the calling thread.</summary>
    /// <exception cref="ContainerizeException">A cgroup refuses it.</exception>
    public void Enter()
    {
        for (var i = 0; i < Files.Count; i++)
        {
            var written = FileSystem.TryWrite(Files[i].Number, "0"u8);
            if (written < 0)
            {
                throw Refused(Paths[i], (int)-written);
            }
        }
    }

    /// <summary>That a cgroup does not take the container's first process.</summary>
    public static ContainerizeException Refused(string path, int errno) =>
        new(CgroupError.Joining, $"putting the container's first process into the cgroup {path}", Errno.Describe(errno), "");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in Files)
        {
            file.Dispose();
        }
    }
}
