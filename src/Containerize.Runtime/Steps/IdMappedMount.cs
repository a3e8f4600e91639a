using System.Globalization;
using System.Text;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>Mounts on which files have other owners (mount_setattr(2), MOUNT_ATTR_IDMAP).</summary>
internal static class IdMappedMount
{
    /// <summary>Maps the ids of a mount that is not attached yet.</summary>
    /// <param name="tree">The mount.</param>
    /// <param name="mount">Its mappings; where it has none, those of our own user namespace hold.</param>
    /// <param name="recursive">Whether the mounts below are mapped too.</param>
    /// <param name="proc">Our own procfs.</param>
    public static void Map(Descriptor tree, MountSpec mount, bool recursive, ProcFs proc)
    {
        using var users = mount.UidMappings is { Count: > 0 } || mount.GidMappings is { Count: > 0 }
            ? MakeUserNamespace(mount, proc)
            : FileSystem.Open(proc.Number, "thread-self/ns/user", OpenFlags.ReadOnly);
        MountApi.Change(
            tree.Number,
            new MountChange(MountAttributes.IdMapped, UserNamespace: users.Number),
            recursive,
            "idmapped, which the filesystem or the user namespace must allow,");
    }

    // A user namespace lives as long as something of it is open: a child is made in one, and ended once it is.
    private static unsafe Descriptor MakeUserNamespace(MountSpec mount, ProcFs proc)
    {
        const int Kill = 9;
        var (ours, theirs) = Sockets.Pair();
        using var ourEnd = ours;
        using var theirEnd = theirs;
        var pidDescriptor = -1;
        CloneArguments clone = default;
        clone.Flags = CloneFlags.PidDescriptor;
        clone.PidDescriptor = (ulong)&pidDescriptor;
        InitPlan plan = default;
        plan.Channel = theirEnd.Number;
        plan.CloneFlags = CloneFlags.NewUser;
        // It waits to be told to go on, which never happens.
        var id = Syscall.Check(RawChild.Fork(&plan, &clone), "clone3", "a user namespace");
        using var child = new Descriptor(pidDescriptor);
        try
        {
            var directory = id.ToString(CultureInfo.InvariantCulture);
            FileSystem.WriteText(proc.Number, directory + "/uid_map", Text(mount.UidMappings));
            FileSystem.WriteText(proc.Number, directory + "/gid_map", Text(mount.GidMappings));
            return FileSystem.Open(proc.Number, directory + "/ns/user", OpenFlags.ReadOnly);
        }
        finally
        {
            Syscall.Try(SyscallNumber.PidfdSendSignal, child.Number, Kill, 0, 0);
            Waiting.ForChild(child.Number);
        }
    }

    private static string Text(IReadOnlyList<IdMapping>? mappings)
    {
        var text = new StringBuilder();
        foreach (var mapping in mappings ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"{mapping.ContainerId} {mapping.HostId} {mapping.Size}\n");
        }

        return text.ToString();
    }
}
