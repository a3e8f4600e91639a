namespace Containerize.Registries;

/// <summary>How the sending of a blob through one upload ended.</summary>
internal enum UploadEnd
{
    /// <summary>It has not: it goes on.</summary>
    None,

    /// <summary>The blob is there.</summary>
    Done,

    /// <summary>The registry does not know the upload any more, or does not want it.</summary>
    Unknown,

    /// <summary>The connection broke, and the upload cannot go on.</summary>
    Broken,
}
