using Containerize.Containers;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime.Monitoring;

/// <summary>What the image has at the place of a volume, for a volume that is empty: as docker has it.</summary>
internal static class VolumeSeed
{
    /// <summary>Fills the volumes of a plan; the root filesystem is put together.</summary>
    public static void Fill(ContainerPlan plan)
    {
        if (plan.Seeds is not { Count: > 0 })
        {
            return;
        }

        using var root = FileSystem.Open(Descriptor.WorkingDirectory, plan.Root.Target, OpenFlags.PathOnly | OpenFlags.Directory);
        foreach (var seed in plan.Seeds)
        {
            var opened = FileSystem.TryOpen(root.Number, seed.Path, OpenFlags.ReadOnly | OpenFlags.Directory, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks);
            if (opened < 0)
            {
                continue;
            }

            using var from = new Descriptor((int)opened);
            using var to = FileSystem.Open(Descriptor.WorkingDirectory, seed.Volume, OpenFlags.ReadOnly | OpenFlags.Directory);
            if (FileNodes.ReadNames(to.Number).Count > 0)
            {
                continue;
            }

            // The directory's own owner too: a program that is not root has to write there.
            var status = FileStatus.Of(from.Number);
            FileNodes.ChangeOwner(to.Number, status.Owner, status.Group, seed.Volume);
            FileNodes.ChangeMode(to.Number, status.Permissions, seed.Volume);
            Syscall.Try(SyscallNumber.Lseek, to.Number, 0, 0);
            TreeCopy.Copy(from.Number, to.Number);
        }
    }
}
