namespace Containerize.Layers;

/// <summary>The bytes of one file of a layer: a file on disk, or bytes made by us.</summary>
public abstract record FileContent
{
    /// <summary>The size in bytes, as planned; content of another size when it is read is an error (CTZ2004).</summary>
    public abstract long Size { get; }

    /// <summary>Opens the bytes.</summary>
    public abstract Stream Open();

    /// <summary>Where the bytes are from, for messages: a path, or what made them.</summary>
    public abstract string Origin { get; }
}

/// <summary>A file on disk, with what its state was when the plan looked.</summary>
/// <param name="SourcePath">The absolute path; links were followed.</param>
/// <param name="Length">The size in bytes.</param>
/// <param name="ModifiedTicks">The last write time, UTC ticks of 100 ns.</param>
public sealed record DiskContent(string SourcePath, long Length, long ModifiedTicks) : FileContent
{
    /// <inheritdoc />
    public override long Size => Length;

    /// <inheritdoc />
    public override string Origin => SourcePath;

    /// <summary>The content of this file as it is now; CTZ2003 where there is none, CTZ2005 where its name is not UTF-8, CTZ2006 where it is no file.</summary>
    public static DiskContent Of(string path)
    {
        var full = Path.GetFullPath(path);
        var state = FileState.Of(full);
        state.RequireRegular(full);
        return new DiskContent(full, state.Size, state.ModifiedTicks);
    }

    /// <inheritdoc />
    public override Stream Open() => new FileStream(SourcePath, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
}

/// <summary>Bytes made by us, such as a normalised file.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="MadeFrom">What made them, for messages.</param>
public sealed record InlineContent(ReadOnlyMemory<byte> Bytes, string MadeFrom) : FileContent
{
    /// <inheritdoc />
    public override long Size => Bytes.Length;

    /// <inheritdoc />
    public override string Origin => MadeFrom;

    /// <inheritdoc />
    public override Stream Open() => new MemoryStream(Bytes.ToArray(), writable: false);
}
