using System.Text;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Testing;

namespace Containerize.Tests.Layers;

/// <summary>Short words for the entries and tars of these tests.</summary>
internal static class Entries
{
    public static LayerEntry Text(string path, string text, int mode = EntryMode.File) => new()
    {
        Path = path,
        Kind = LayerEntryKind.File,
        Mode = mode,
        Content = new InlineContent(Encoding.UTF8.GetBytes(text), "a test"),
    };

    public static LayerEntry OnDisk(string path, string source) => new()
    {
        Path = path,
        Kind = LayerEntryKind.File,
        Mode = EntryMode.File,
        Content = DiskContent.Of(source),
    };

    public static LayerEntry Folder(string path, int mode = EntryMode.Directory) => new() { Path = path, Kind = LayerEntryKind.Directory, Mode = mode };

    public static LayerEntry Link(string path, string target) => new()
    {
        Path = path,
        Kind = LayerEntryKind.SymbolicLink,
        Mode = EntryMode.SymbolicLink,
        LinkTarget = target,
    };

    public static LayerSpec Spec(params LayerEntry[] entries) => LayerSpec.Create("test", entries);

    public static byte[] Tar(LayerSpec spec)
    {
        using var stream = new MemoryStream();
        using var tar = new TarWriter(stream, spec.ModifiedTime);
        foreach (var entry in spec.Entries)
        {
            tar.Write(entry);
        }

        tar.Finish();
        return stream.ToArray();
    }

    public static string Dump(byte[] tar) => TarDump.Of(new MemoryStream(tar));

    /// <summary>What the dump of a spec's tar must be, from the spec alone.</summary>
    public static string Expected(LayerSpec spec) => string.Concat(spec.Entries.Select(entry =>
    {
        var type = entry.Kind switch { LayerEntryKind.Directory => 'd', LayerEntryKind.SymbolicLink => 'l', _ => '-' };
        var size = entry.Content?.Size.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "-";
        var hash = entry.Content is InlineContent inline ? Digest.Of(inline.Bytes.Span).Abbreviated : "-";
        var slash = entry.Kind == LayerEntryKind.Directory ? "/" : "";
        var link = entry.LinkTarget is { } target ? $" -> {target}" : "";
        return $"{type} {Convert.ToString(entry.Mode, 8).PadLeft(4, '0')} {entry.Uid}:{entry.Gid} {spec.ModifiedTime:yyyy-MM-ddTHH:mm:ss}Z {size} {hash} {entry.Path}{slash}{link}\n";
    }));
}
