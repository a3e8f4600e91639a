namespace Containerize.Containers.Files;

/// <summary>Where a copy's source comes to lie.</summary>
internal enum CopyWay
{
    /// <summary>In the destination, which is a directory, under its own name.</summary>
    Into,

    /// <summary>What is in it comes into the destination, which is a directory.</summary>
    Contents,

    /// <summary>At the destination's place, under that name.</summary>
    As,
}
