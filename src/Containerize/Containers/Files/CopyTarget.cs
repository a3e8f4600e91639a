using System.Text;
using Containerize.Linux;

namespace Containerize.Containers.Files;

/// <summary>The place where a copy is to go, when its links have been followed.</summary>
/// <param name="Kind">What is there.</param>
/// <param name="Directory">The directory itself, or that in which it is or will be; open for reading.</param>
/// <param name="Name">The name in that directory; empty where it is the directory itself.</param>
internal sealed record CopyTarget(CopyTargetKind Kind, Descriptor Directory, string Name) : IDisposable
{
    /// <summary>The path in a tar of what is copied.</summary>
    /// <param name="way">The way.</param>
    /// <param name="source">The source's own name.</param>
    public byte[] PathOf(CopyWay way, string source) => way switch
    {
        CopyWay.Into => Encoding.UTF8.GetBytes(source),
        CopyWay.As => Encoding.UTF8.GetBytes(Name),
        _ => [],
    };

    /// <inheritdoc/>
    public void Dispose() => Directory.Dispose();
}
