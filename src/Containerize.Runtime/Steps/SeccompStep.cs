using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Steps;

/// <summary>The filter of system calls, made before the steps that it would hinder, and loaded in the one place where it can be.</summary>
internal sealed class SeccompStep
{
    /// <summary>Compiles the filter; null where the configuration has none.</summary>
    public static SeccompStep? Prepare(RuntimeSpec spec, ProcessSpec process)
    {
        _ = (spec, process);
        return null;
    }

    /// <summary>Loads it on the calling thread.</summary>
    public void Load(SyncChannel channel)
    {
        _ = (channel, this);
    }
}
