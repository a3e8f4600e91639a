using Containerize.Linux;

namespace Containerize.Layers.Unpacking;

/// <summary>A directory that is open for reading.</summary>
internal sealed class OpenedDirectory(Descriptor descriptor) : IDisposable
{
    private ulong? _inode;

    public int Number => descriptor.Number;

    /// <summary>Its number in the filesystem, which is its identity however it was reached.</summary>
    public ulong Inode => _inode ??= FileStatus.Of(Number).Inode;

    public void Dispose() => descriptor.Dispose();
}
