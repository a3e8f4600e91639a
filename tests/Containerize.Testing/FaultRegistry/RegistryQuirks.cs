namespace Containerize.Testing;

/// <summary>The habits of a registry, as far as they differ from the specification or matter to clients.</summary>
public sealed record RegistryQuirks
{
    /// <summary>What it is called.</summary>
    public string Name { get; init; } = "specification";

    /// <summary>What becomes of uploads in chunks.</summary>
    public ChunkHabit Chunks { get; init; }

    /// <summary>What a good PATCH is answered.</summary>
    public int PatchStatus { get; init; } = 202;

    /// <summary>The least size of each chunk but the last, told in OCI-Chunk-Min-Length; 0 for none.</summary>
    public int LeastChunk { get; init; }

    /// <summary>Whether <see cref="LeastChunk"/> is demanded but not told.</summary>
    public bool HidesLeastChunk { get; init; }

    /// <summary>The largest body of one request, as a proxy before the registry may have it; more is answered 413.</summary>
    public long LargestBody { get; init; } = long.MaxValue;

    /// <summary>Whether the address of an upload is a whole one and not a path.</summary>
    public bool AbsoluteLocation { get; init; }

    /// <summary>Whether the address of an upload has a query, which is another after each request, as distribution's <c>_state</c>.</summary>
    public bool StatefulLocation { get; init; }

    /// <summary>Whether an address with an old state ends the upload, as with distribution.</summary>
    public bool ForgetsOnOldState { get; init; }

    /// <summary>Whether a mount needs <c>from</c>: else 400.</summary>
    public bool MountNeedsFrom { get; init; }

    /// <summary>Whether mounts are refused, and the answer opens an upload (202).</summary>
    public bool RefusesMounts { get; init; }

    /// <summary>Whether a repository must have been made before; a request to another is cut off.</summary>
    public bool CutsUnknownRepositories { get; init; }

    /// <summary>Whether a blob always comes whole.</summary>
    public bool IgnoresRange { get; init; }

    /// <summary>How many parts a repository's name needs at least.</summary>
    public int NameParts { get; init; } = 1;

    /// <summary>Whether cookies are set, and refused when they come back.</summary>
    public bool Cookies { get; init; }

    /// <summary>How many uploads may be written to at once; more are answered 429.</summary>
    public int ParallelUploads { get; init; } = int.MaxValue;

    /// <summary>How many manifests may be pulled; more are answered 429.</summary>
    public int Pulls { get; init; } = int.MaxValue;

    /// <summary>Whether everything needs a token, also what is public.</summary>
    public bool AlwaysTokens { get; init; }

    /// <summary>How long a token is good.</summary>
    public TimeSpan TokenLife { get; init; } = TimeSpan.FromMinutes(5);
}
