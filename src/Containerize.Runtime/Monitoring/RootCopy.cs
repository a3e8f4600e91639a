using Containerize.Containers;
using Containerize.Layers.Unpacking;

namespace Containerize.Runtime.Monitoring;

/// <summary>A root filesystem that is a copy of its layers: made before the container's first start, in one step for those who look.</summary>
internal static class RootCopy
{
    /// <summary>Makes it, where it is not there yet.</summary>
    public static void Ensure(RootPlan plan)
    {
        using (var target = FileSystem.Open(Descriptor.WorkingDirectory, plan.Target, OpenFlags.ReadOnly | OpenFlags.Directory))
        {
            if (FileNodes.ReadNames(target.Number).Count > 0)
            {
                return;
            }
        }

        var beside = plan.Target + ".part";
        Remove(beside);
        FileSystem.MakeDirectory(Descriptor.WorkingDirectory, beside, 0x1ED);
        LayerTreeCopy.Copy(plan.Layers, beside);
        using var from = new NativeText(beside);
        using var to = new NativeText(plan.Target);
        // An empty directory may be replaced (rename(2)).
        Syscall.Check(Syscall.Try(SyscallNumber.Renameat2, Descriptor.WorkingDirectory, from.Address, Descriptor.WorkingDirectory, to.Address, 0), "rename", plan.Target);
    }

    // What a monitor left that was killed.
    private static void Remove(string path)
    {
        using var above = FileSystem.Open(Descriptor.WorkingDirectory, Path.GetDirectoryName(path)!, OpenFlags.ReadOnly | OpenFlags.Directory);
        Syscall.Check(NodeRemoval.TryRemove(above.Number, System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(path))), "unlinkat", path);
    }
}
