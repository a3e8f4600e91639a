namespace Containerize.Runtime.Seccomp;

/// <summary>The operators of profiles (config-linux.md, Seccomp).</summary>
internal enum ArgumentComparison
{
    /// <summary>SCMP_CMP_NE.</summary>
    NotEqual,

    /// <summary>SCMP_CMP_LT.</summary>
    Less,

    /// <summary>SCMP_CMP_LE.</summary>
    LessOrEqual,

    /// <summary>SCMP_CMP_EQ.</summary>
    Equal,

    /// <summary>SCMP_CMP_GE.</summary>
    GreaterOrEqual,

    /// <summary>SCMP_CMP_GT.</summary>
    Greater,

    /// <summary>SCMP_CMP_MASKED_EQ.</summary>
    MaskedEqual,
}
