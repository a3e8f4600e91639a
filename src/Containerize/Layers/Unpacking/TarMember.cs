namespace Containerize.Layers.Unpacking;

/// <summary>One entry of a tar: what its headers say together. Its content follows in the input.</summary>
internal sealed record TarMember
{
    /// <summary>The name as it stands there.</summary>
    public required byte[] Path { get; init; }

    public required TarKind Kind { get; init; }

    /// <summary>The target of a link.</summary>
    public byte[] Link { get; init; } = [];

    /// <summary>Permissions, with set-id bits and sticky bit.</summary>
    public uint Mode { get; init; }

    public uint Owner { get; init; }

    public uint Group { get; init; }

    /// <summary>The bytes of a file.</summary>
    public long Size { get; init; }

    /// <summary>When it was written, as utimensat(2) takes it: seconds and nanoseconds, twice.</summary>
    public required long[] Times { get; init; }

    public uint Major { get; init; }

    public uint Minor { get; init; }

    public IReadOnlyList<TarAttribute> Attributes { get; init; } = [];
}
