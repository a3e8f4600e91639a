using System.Text;
using Containerize.Containers;
using Containerize.Layers.Unpacking;

namespace Containerize.Runtime.Monitoring;

/// <summary>The removal of a container that goes away when it ends.</summary>
internal static class ContainerRemoval
{
    /// <summary>Takes it out of the sight of those who look, and the volumes that went with it.</summary>
    /// <returns>Where its files are now, for <see cref="Delete"/>; null where somebody else removes it.</returns>
    public static string? Hide(string directory, ContainerPlan plan)
    {
        var hidden = Path.Combine(Path.GetDirectoryName(directory)!, ".removing-" + Path.GetFileName(directory));
        using (var from = new NativeText(directory))
        using (var to = new NativeText(hidden))
        {
            if (Syscall.Try(SyscallNumber.Renameat2, Descriptor.WorkingDirectory, from.Address, Descriptor.WorkingDirectory, to.Address, 0) < 0)
            {
                return null;
            }
        }

        EventsOf(directory).Add(new EventRecord { Action = "destroy", Id = plan.Id });
        // The directory goes last, as it says which volumes go with it.
        foreach (var volume in plan.AnonymousVolumes ?? [])
        {
            Delete(volume);
        }

        return hidden;
    }

    /// <summary>The log of what happens to the container of a directory, and to its neighbours.</summary>
    public static EventLog EventsOf(string directory) => new(Path.GetDirectoryName(Path.GetDirectoryName(directory))!);

    /// <summary>Removes a directory with all that is in it; what cannot be removed is swept by 'prune', and nobody is here to be told.</summary>
    public static void Delete(string path)
    {
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, Path.GetDirectoryName(path)!, OpenFlags.ReadOnly | OpenFlags.Directory);
        if (opened >= 0)
        {
            using var above = new Descriptor((int)opened);
            NodeRemoval.TryRemove(above.Number, Encoding.UTF8.GetBytes(Path.GetFileName(path)));
        }
    }
}
