using System.Text;
using Containerize.Containers;
using Containerize.Layers.Unpacking;

namespace Containerize.Runtime.Monitoring;

/// <summary>The removal of a container that goes away when it ends.</summary>
internal static class ContainerRemoval
{
    /// <summary>Takes its directory away, at once for those who look, and then what is in it; and the volumes that went with it.</summary>
    public static void Remove(string directory, ContainerPlan plan)
    {
        var above = Path.GetDirectoryName(directory)!;
        var name = ".removing-" + Path.GetFileName(directory);
        using (var from = new NativeText(directory))
        using (var to = new NativeText(Path.Combine(above, name)))
        {
            if (Syscall.Try(SyscallNumber.Renameat2, Descriptor.WorkingDirectory, from.Address, Descriptor.WorkingDirectory, to.Address, 0) < 0)
            {
                // Somebody else removes it.
                return;
            }
        }

        // The directory last, as it says which volumes go with it.
        foreach (var volume in plan.AnonymousVolumes ?? [])
        {
            Delete(volume);
        }

        Delete(Path.Combine(above, name));
    }

    // What cannot be removed is swept by 'prune', and nobody is here to be told.
    private static void Delete(string path)
    {
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, Path.GetDirectoryName(path)!, OpenFlags.ReadOnly | OpenFlags.Directory);
        if (opened >= 0)
        {
            using var above = new Descriptor((int)opened);
            NodeRemoval.TryRemove(above.Number, Encoding.UTF8.GetBytes(Path.GetFileName(path)));
        }
    }
}
