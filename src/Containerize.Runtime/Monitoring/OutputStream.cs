using Containerize.Containers;

namespace Containerize.Runtime.Monitoring;

/// <summary>One stream of what a container prints.</summary>
/// <param name="Kind">How it is shown.</param>
/// <param name="Name">What it is called in the log.</param>
/// <param name="Source">Where it is read.</param>
internal sealed record OutputStream(ControlMessage Kind, string Name, Descriptor Source)
{
    /// <summary>What was read of a line that has not ended.</summary>
    public List<byte> Rest { get; } = [];
}
