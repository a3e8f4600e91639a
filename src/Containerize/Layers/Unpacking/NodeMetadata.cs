using System.Globalization;
using Containerize.Linux;

namespace Containerize.Layers.Unpacking;

/// <summary>Gives nodes their owner, permissions, attributes and times, in the order in which none undoes another.</summary>
internal sealed class NodeMetadata(OwnerMap owners, UnpackErrors errors)
{
    private const string InAContainer = "devices could not be made, as only root makes device files; nothing has to be done, as containers have their /dev from the runtime";
    private const string OnTheHost = "devices were left out, as here they would be those of this machine";
    private int _foreignOwners;
    private int _leftOut;
    private int _noDevices;

    /// <summary>Whether it is the host where the nodes are made, and no container's root filesystem.</summary>
    public bool IsHost { get; init; }

    /// <summary>What could not be kept, for people; null: nothing.</summary>
    public string? Warning
    {
        get
        {
            var parts = new List<string>();
            Add(parts, _foreignOwners, "entries belong to another user in the image than here, where there is only one");
            Add(parts, _noDevices, IsHost ? OnTheHost : InAContainer);
            Add(parts, _leftOut, "extended attributes could not be set");
            return parts.Count == 0 ? null : string.Join("; ", parts);
        }
    }

    /// <summary>All but the times, of an open file or directory.</summary>
    public void Apply(int descriptor, TarMember member)
    {
        var (owner, group) = OwnerOf(member);
        var changed = RawNodes.TryChangeOwner(descriptor, owner, group);
        CheckOwner(changed, member);
        // After the owner: chown(2) takes set-id bits and capabilities away.
        Check(RawNodes.TryChangeMode(descriptor, member.Mode), "fchmod", member);
        foreach (var attribute in member.Attributes)
        {
            if (IsWanted(attribute))
            {
                CheckAttribute(RawNodes.TrySetAttribute(descriptor, attribute.Name, attribute.Value), member);
            }
        }
    }

    /// <summary>All, of what cannot be opened: a link, a device, a FIFO.</summary>
    public void ApplyUnopened(OpenedDirectory directory, ReadOnlySpan<byte> name, TarMember member)
    {
        var (owner, group) = OwnerOf(member);
        CheckOwner(RawNodes.TryChangeOwner(directory.Number, name, owner, group), member);
        if (member.Kind != TarKind.SymbolicLink)
        {
            var opened = RawNodes.TryOpen(directory.Number, name, OpenFlags.PathOnly | OpenFlags.NoFollow, DirectoryTree.Confined);
            Check(opened, "openat2", member);
            using var node = new Descriptor((int)opened);
            Check(RawNodes.TryChangeModeOfPath(node.Number, member.Mode), "fchmodat", member);
        }

        foreach (var attribute in member.Attributes)
        {
            if (IsWanted(attribute))
            {
                CheckAttribute(RawNodes.TrySetAttribute(directory.Number, name, attribute.Name, attribute.Value), member);
            }
        }

        Check(RawNodes.TryChangeTimes(directory.Number, name, member.Times), "utimensat", member);
    }

    /// <summary>The times of an open file, when all is written.</summary>
    public void ApplyTimes(int descriptor, TarMember member) => Check(RawNodes.TryChangeTimes(descriptor, member.Times), "utimensat", member);

    /// <summary>A device could not be made, as in user namespaces.</summary>
    public void LeaveOutDevice() => _noDevices++;

    private static void Add(List<string> parts, int count, string what)
    {
        if (count > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {what}"));
        }
    }

    // Those of overlayfs would lead it to other files of the layers below (kernel documentation, overlayfs.rst, "redirect_dir", "metacopy").
    private static bool IsWanted(TarAttribute attribute) =>
        !attribute.Name.AsSpan().StartsWith("trusted.overlay."u8) && !attribute.Name.AsSpan().StartsWith("user.overlay."u8);

    private (uint Owner, uint Group) OwnerOf(TarMember member)
    {
        if (owners.Everything is { } one)
        {
            return one;
        }

        if (!owners.IsSingle || (member.Owner == 0 && member.Group == 0))
        {
            return (member.Owner, member.Group);
        }

        _foreignOwners++;
        return (0, 0);
    }

    private void CheckOwner(nint result, TarMember member)
    {
        if (result == -Errno.EINVAL)
        {
            throw errors.UnmappedOwner(member.Path, member.Owner, member.Group);
        }

        Check(result, "fchown", member);
    }

    // What this filesystem or user namespace does not have is left out, as other engines do.
    private void CheckAttribute(nint result, TarMember member)
    {
        if (result is -Errno.EPERM or -Errno.EACCES or -Errno.EOPNOTSUPP or -Errno.EINVAL)
        {
            _leftOut++;
            return;
        }

        Check(result, "setxattr", member);
    }

    private void Check(nint result, string call, TarMember member)
    {
        if (result < 0)
        {
            throw errors.Writing(member.Path, call, result);
        }
    }
}
