namespace Containerize.Testing;

/// <summary>What a registry does with an upload in chunks.</summary>
public enum ChunkHabit
{
    /// <summary>What the specification says.</summary>
    Taken,

    /// <summary>PATCH is not known (405).</summary>
    NoPatch,

    /// <summary>The second PATCH is refused (400).</summary>
    SecondRefused,

    /// <summary>What comes after the first PATCH is dropped without a word.</summary>
    LaterDropped,

    /// <summary>The end of the upload is refused as invalid.</summary>
    EndInvalid,

    /// <summary>The end of the upload finds another digest.</summary>
    DigestDiffers,
}
