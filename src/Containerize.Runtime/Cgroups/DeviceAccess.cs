namespace Containerize.Runtime.Cgroups;

/// <summary>What may be done with a device; the numbers of BPF_DEVCG_ACC_* (linux/bpf.h).</summary>
[Flags]
internal enum DeviceAccess
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Making a node: m.</summary>
    MakeNode = 1,

    /// <summary>Reading: r.</summary>
    Read = 2,

    /// <summary>Writing: w.</summary>
    Write = 4,

    /// <summary>Everything: rwm.</summary>
    All = 7,
}
