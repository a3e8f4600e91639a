using Containerize.Layers.Unpacking;
using Containerize.Linux;

namespace Containerize.Containers.Files;

/// <summary>Extracts a tar into a directory that may have content, as docker cp does: directories are merged, files replaced, and neither takes the other's place.</summary>
internal sealed class TarExtraction
{
    private const uint SetIdBits = 0xC00; // 06000

    /// <summary>To whom everything is given; null: to the owners that the tar names.</summary>
    public (uint Owner, uint Group)? Owner { get; init; }

    /// <summary>Whether it is the host where it goes.</summary>
    /// <remarks>
    /// There a container's devices and capabilities would be real ones: they are left out; and set-id bits stay only with the owner that they were meant for.
    /// </remarks>
    public bool IsHost { get; init; }

    /// <summary>What is done, for messages.</summary>
    public required string Doing { get; init; }

    /// <summary>The bytes that were read.</summary>
    public long Bytes { get; private set; }

    /// <summary>What could not be kept; null: nothing.</summary>
    public string? Warning { get; private set; }

    /// <summary>Extracts it; CTZ5001 to CTZ5007.</summary>
    /// <param name="tar">The tar.</param>
    /// <param name="directory">An open directory, out of which nothing leads: links in it are followed with it as their root.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public void Run(Stream tar, Descriptor directory, CancellationToken cancellationToken)
    {
        var limits = UnpackLimits.Default;
        var errors = new UnpackErrors(Doing);
        using var ahead = new ReadAhead(tar);
        using var input = new TarInput(ahead, errors, cancellationToken);
        using var tree = new DirectoryTree(directory, errors);
        try
        {
            var times = new DirectoryTimes(tree, limits, errors);
            var metadata = new NodeMetadata(OwnerMap.Read() with { Everything = Owner }, errors) { IsHost = IsHost };
            var writer = new MemberWriter(tree, whiteouts: null, metadata, times, errors);
            var members = new TarMemberReader(input, limits, errors);
            while (members.Next() is { } member)
            {
                var path = EntryPath.Of(member.Path, errors);
                if (path.Depth > limits.MaxDepth)
                {
                    throw errors.BeyondLimit(member.Path, $"it is more than {limits.MaxDepth} directories deep");
                }

                if (IsHost && member.Kind is TarKind.CharacterDevice or TarKind.BlockDevice)
                {
                    metadata.LeaveOutDevice();
                    continue;
                }

                writer.Write(IsHost ? Harmless(member) : member, path, members);
            }

            times.Apply();
            input.Finish();
            (Bytes, Warning) = (input.Position, metadata.Warning);
        }
        catch (SyscallException e)
        {
            throw errors.Writing([], e.Call, -e.Errno);
        }
    }

    private TarMember Harmless(TarMember member) => member with
    {
        Mode = Owner is null || member.Kind == TarKind.Directory ? member.Mode : member.Mode & ~SetIdBits,
        Attributes = [.. member.Attributes.Where(a => a.Name.AsSpan().StartsWith("user."u8))],
    };
}
