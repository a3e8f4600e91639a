using System.Formats.Tar;

namespace Containerize.Images;

/// <summary>The tar of an archive: fixed times, owners and modes, so that the same content gives the same bytes.</summary>
internal sealed class ArchiveTar(Stream output) : IAsyncDisposable
{
    // Ustar has one fixed form; .NET's PAX entries would carry the process id.
    private readonly System.Formats.Tar.TarWriter _writer = new(output, TarEntryFormat.Ustar, leaveOpen: true);

    internal async Task AddFolderAsync(string name, CancellationToken cancellationToken) =>
        await _writer.WriteEntryAsync(Fixed(new UstarTarEntry(TarEntryType.Directory, name + "/"), 0b111_101_101), cancellationToken);

    internal async Task AddAsync(string name, Stream content, CancellationToken cancellationToken)
    {
        var entry = Fixed(new UstarTarEntry(TarEntryType.RegularFile, name), 0b110_100_100);
        entry.DataStream = content;
        await _writer.WriteEntryAsync(entry, cancellationToken);
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private static UstarTarEntry Fixed(UstarTarEntry entry, int mode)
    {
        entry.Mode = (UnixFileMode)mode;
        entry.ModificationTime = DateTimeOffset.UnixEpoch;
        return entry;
    }
}
