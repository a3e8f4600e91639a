using System.Formats.Tar;
using System.IO.Compression;

namespace Containerize.Tests.EmbeddedBases;

/// <summary>The entries of a layer, read by the BCL's reader.</summary>
internal static class TarFiles
{
    public static byte[] Unzip(byte[] gzip)
    {
        using var stream = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    public static IReadOnlyList<TarFile> Read(string path)
    {
        var files = new List<TarFile>();
        using var reader = new TarReader(new MemoryStream(Unzip(File.ReadAllBytes(path))));
        while (reader.GetNextEntry() is { } entry)
        {
            var bytes = new MemoryStream();
            entry.DataStream?.CopyTo(bytes);
            files.Add(new TarFile(entry.Name.TrimEnd('/'), entry.EntryType, (int)entry.Mode, $"{entry.Uid}:{entry.Gid}", entry.LinkName, bytes.ToArray()));
        }

        return files;
    }
}

internal sealed record TarFile(string Path, TarEntryType Type, int Mode, string Owner, string LinkTarget, byte[] Bytes)
{
    public override string ToString() =>
        $"{Type switch { TarEntryType.Directory => 'd', TarEntryType.SymbolicLink => 'l', _ => '-' }} {Convert.ToString(Mode, 8).PadLeft(4, '0')} {Owner} {Path}"
        + (LinkTarget.Length > 0 ? $" -> {LinkTarget}" : "");
}
