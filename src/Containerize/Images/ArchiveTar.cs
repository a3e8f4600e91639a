using Containerize.Layers;

namespace Containerize.Images;

/// <summary>The tar of an archive: fixed times, owners and modes, so that the same content gives the same bytes.</summary>
internal sealed class ArchiveTar(Stream output)
{
    private const int BufferSize = 128 * 1024;

    internal async Task AddFolderAsync(string name, CancellationToken cancellationToken) => await WriteHeaderAsync(
        new LayerEntry { Path = name, Kind = LayerEntryKind.Directory, Mode = 0x1ed /* 0755 */ }, cancellationToken);

    internal async Task AddAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        var size = content.Length;
        await WriteHeaderAsync(
            new LayerEntry { Path = name, Kind = LayerEntryKind.File, Mode = 0x1a4 /* 0644 */, Content = new SizeOnly(size) }, cancellationToken);
        await content.CopyToAsync(output, BufferSize, cancellationToken);
        var over = (int)(size % TarHeader.BlockSize);
        if (over > 0)
        {
            await output.WriteAsync(new byte[TarHeader.BlockSize - over], cancellationToken);
        }
    }

    internal async Task FinishAsync(CancellationToken cancellationToken) => await output.WriteAsync(new byte[2 * TarHeader.BlockSize], cancellationToken);

    private async Task WriteHeaderAsync(LayerEntry entry, CancellationToken cancellationToken)
    {
        using var header = new MemoryStream();
        TarHeader.Write(entry, 0, header);
        await output.WriteAsync(header.GetBuffer().AsMemory(0, (int)header.Length), cancellationToken);
    }

    // The header needs the size only; the content comes from a source that is read asynchronously.
    private sealed record SizeOnly(long Bytes) : FileContent
    {
        public override long Size => Bytes;

        public override string Origin => "a blob";

        public override Stream Open() => Stream.Null;
    }
}
