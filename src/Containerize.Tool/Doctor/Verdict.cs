namespace Containerize.Tool.Doctor;

/// <summary>How something is.</summary>
internal enum Verdict
{
    /// <summary>It works.</summary>
    Good,

    /// <summary>Containers run without it, and something is missing.</summary>
    Lacks,

    /// <summary>No container runs.</summary>
    Broken,
}
