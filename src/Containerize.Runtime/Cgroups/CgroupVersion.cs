namespace Containerize.Runtime.Cgroups;

/// <summary>The two kinds of control-group hierarchies (cgroups(7)).</summary>
internal enum CgroupVersion
{
    /// <summary>A tree for each controller, or for a few of them.</summary>
    One = 1,

    /// <summary>One tree for all controllers.</summary>
    Two = 2,
}
