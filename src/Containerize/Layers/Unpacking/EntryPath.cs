namespace Containerize.Layers.Unpacking;

/// <summary>A path from a layer's root in its one form: "a/b", and empty for the root itself.</summary>
internal sealed class EntryPath
{
    private readonly byte[] _bytes;
    private readonly int _slash;

    private EntryPath(byte[] bytes, int depth)
    {
        _bytes = bytes;
        Depth = depth;
        _slash = Array.LastIndexOf(bytes, (byte)'/');
    }

    /// <summary>How many parts it has.</summary>
    public int Depth { get; }

    public bool IsRoot => _bytes.Length == 0;

    public ReadOnlySpan<byte> All => _bytes;

    /// <summary>The directory above; empty for the root.</summary>
    public ReadOnlySpan<byte> Parent => _slash < 0 ? [] : _bytes.AsSpan(0, _slash);

    /// <summary>The last part.</summary>
    public ReadOnlySpan<byte> Name => _bytes.AsSpan(_slash + 1);

    /// <summary>Another name beside it.</summary>
    public EntryPath WithName(ReadOnlySpan<byte> name) => new([.. _bytes.AsSpan(0, _slash + 1), .. name], Depth);

    /// <summary>Reads an entry's name: a leading "/", empty parts and "." say nothing; ".." says that it wants to be elsewhere (CTZ5002).</summary>
    public static EntryPath Of(byte[] name, UnpackErrors errors)
    {
        var clean = new byte[name.Length];
        var length = 0;
        var depth = 0;
        foreach (var range in name.AsSpan().Split((byte)'/'))
        {
            var part = name.AsSpan(range);
            if (part.IsEmpty || part.SequenceEqual("."u8))
            {
                continue;
            }

            if (part.SequenceEqual(".."u8))
            {
                throw errors.NotAllowed(name, "its path has '..' in it");
            }

            depth++;
            if (length > 0)
            {
                clean[length++] = (byte)'/';
            }

            part.CopyTo(clean.AsSpan(length));
            length += part.Length;
        }

        return new EntryPath(length == name.Length ? clean : clean[..length], depth);
    }
}
