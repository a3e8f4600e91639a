namespace Containerize.Containers.Files;

/// <summary>What became of a path of the image in a container; the numbers are docker's.</summary>
internal enum ChangeKind
{
    /// <summary>It was there and is another, or something in it is.</summary>
    Modified = 0,

    /// <summary>It is new.</summary>
    Added = 1,

    /// <summary>It is gone.</summary>
    Deleted = 2,

    /// <summary>A directory that has taken the place of one of the image's: nothing that was in that is there. Only where it was asked for.</summary>
    Emptied = 3,
}
