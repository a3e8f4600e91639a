
namespace Containerize.Layers.Unpacking;

/// <summary>Reads the entries of a tar: ustar, GNU's and PAX (POSIX.1-2017, pax; tar(5); GNU tar manual, "Basic Tar Format").</summary>
internal sealed class TarMemberReader(TarInput input, UnpackLimits limits, UnpackErrors errors)
{
    // The content of the entry that was given last, and what fills its last block.
    private long _content;
    private long _padding;

    /// <summary>The headers that were read.</summary>
    public int Count { get; private set; }

    /// <summary>The next entry; null at the end.</summary>
    public TarMember? Next()
    {
        var extended = new PaxRecords();
        while (true)
        {
            input.Skip(_content + _padding);
            (_content, _padding) = (0, 0);
            var at = input.Position;
            var block = input.Block();
            if (block.IsEmpty || IsEnd(block))
            {
                return null;
            }

            if (++Count > limits.MaxEntries)
            {
                throw errors.BeyondLimit($"it has more than {limits.MaxEntries} entries");
            }

            var header = new TarHeaderBlock(block, at, errors);
            switch (header.Type)
            {
                case 'x':
                    var records = Extension(header);
                    if (extended.Read(records) is { } wrong)
                    {
                        throw errors.Damaged(at, wrong);
                    }

                    break;
                case 'L':
                    extended.Path ??= UntilZero(Extension(header));
                    break;
                case 'K':
                    extended.Link ??= UntilZero(Extension(header));
                    break;
                case 'g' or 'V':
                    // What is said for all entries is a comment (git), as other engines have it; a volume's label is one too.
                    Follow(header.Size);
                    break;
                default:
                    return Member(header, extended, at);
            }
        }
    }

    /// <summary>The next bytes of the entry's content; empty at its end. Good until more is read.</summary>
    public ReadOnlySpan<byte> Content()
    {
        if (_content == 0)
        {
            return [];
        }

        var some = input.Some(_content);
        _content -= some.Length;
        return some;
    }

    // One block of zeros and the end, or two; what follows is not looked at.
    private bool IsEnd(ReadOnlySpan<byte> block)
    {
        if (block.ContainsAnyExcept((byte)0))
        {
            return false;
        }

        var at = input.Position;
        var second = input.Block();
        return second.IsEmpty || !second.ContainsAnyExcept((byte)0)
            ? true
            : throw errors.Damaged(at, "an entry follows a block of zeros, where some programs would end and some go on");
    }

    private TarMember Member(TarHeaderBlock header, PaxRecords extended, long at)
    {
        var path = extended.Path ?? header.Path;
        if (extended.IsSparse || header.Type == 'S')
        {
            throw errors.NotAllowed(path, "it is a sparse file, which no builder of images writes");
        }

        TarKind? known = header.Type switch
        {
            // Before POSIX a directory was a file whose name ends so.
            '\0' or '0' or '7' => path.AsSpan().EndsWith("/"u8) ? TarKind.Directory : TarKind.File,
            '1' => TarKind.HardLink,
            '2' => TarKind.SymbolicLink,
            '3' => TarKind.CharacterDevice,
            '4' => TarKind.BlockDevice,
            '5' => TarKind.Directory,
            '6' => TarKind.Fifo,
            _ => null,
        };
        var kind = known ?? throw errors.NotAllowed(path, $"it is of the unknown type '{ByteNames.Show([(byte)header.Type])}'");
        var link = kind is TarKind.HardLink or TarKind.SymbolicLink ? extended.Link ?? header.Link : [];
        var size = header.Type is >= '1' and <= '6' ? 0 : extended.Size ?? header.Size;
        Check(path, link, size, at);
        Follow(size);
        return new TarMember
        {
            Path = path,
            Kind = kind,
            Link = link,
            Mode = (uint)header.Mode & 0xFFF,
            Owner = Id(extended.Owner ?? header.Owner, at),
            Group = Id(extended.Group ?? header.Group, at),
            Size = size,
            Times = extended.Times ?? [header.Modified, 0, header.Modified, 0],
            Major = kind is TarKind.CharacterDevice or TarKind.BlockDevice ? (uint)header.Major & 0xFFF : 0,
            Minor = kind is TarKind.CharacterDevice or TarKind.BlockDevice ? (uint)header.Minor & 0xFFFFF : 0,
            Attributes = extended.Attributes,
        };
    }

    private void Check(byte[] path, byte[] link, long size, long at)
    {
        if (path.Length > limits.MaxPathBytes || link.Length > limits.MaxPathBytes)
        {
            throw errors.BeyondLimit(path, $"its path or link has more than {limits.MaxPathBytes} bytes");
        }

        if (size < 0)
        {
            throw errors.Damaged(at, "the size of an entry is negative");
        }
    }

    // 2^32-1 is no id: chown(2) leaves the owner as it is for it.
    private uint Id(long id, long at) => id is >= 0 and < uint.MaxValue ? (uint)id : throw errors.Damaged(at, $"an owner has the id {id}");

    private byte[] Extension(TarHeaderBlock header)
    {
        var size = header.Size;
        if (size > limits.MaxHeaderBytes)
        {
            throw errors.BeyondLimit($"an extended header has more than {limits.MaxHeaderBytes} bytes");
        }

        Follow(size);
        var bytes = new byte[size];
        for (var filled = 0; filled < bytes.Length;)
        {
            var some = Content();
            some.CopyTo(bytes.AsSpan(filled));
            filled += some.Length;
        }

        return bytes;
    }

    private void Follow(long size)
    {
        _content = size;
        _padding = -size & (TarInput.BlockSize - 1);
    }

    private static byte[] UntilZero(byte[] text) => Array.IndexOf(text, (byte)0) is var end and >= 0 ? text[..end] : text;
}
