namespace Containerize.Containers.Files;

/// <summary>What is at the place where a copy is to go.</summary>
internal enum CopyTargetKind
{
    /// <summary>Nothing, in a directory that is there.</summary>
    Nothing,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A device, FIFO or socket.</summary>
    Other,
}
