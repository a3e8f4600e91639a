using System.Formats.Tar;
using System.Text;

namespace Containerize.Testing;

/// <summary>A tar as text, one line per entry in the tar's order, read by System.Formats.Tar; the same form as <see cref="TreeDump"/>.</summary>
public static class TarDump
{
    /// <summary>Dumps an uncompressed tar.</summary>
    public static string Of(Stream tar)
    {
        var text = new StringBuilder();
        using var reader = new TarReader(tar, leaveOpen: true);
        while (reader.GetNextEntry() is { } entry)
        {
            var type = entry.EntryType switch
            {
                TarEntryType.Directory => 'd',
                TarEntryType.SymbolicLink => 'l',
                TarEntryType.HardLink => 'h',
                TarEntryType.RegularFile or TarEntryType.V7RegularFile => '-',
                TarEntryType.CharacterDevice => 'c',
                TarEntryType.BlockDevice => 'b',
                TarEntryType.Fifo => 'p',
                _ => '?',
            };
            text.Append(DumpLine.Of(
                type,
                (int)entry.Mode,
                entry.Uid,
                entry.Gid,
                entry.ModificationTime,
                entry.Length,
                type == '-' ? DumpLine.HashPrefix(entry.DataStream) : "-",
                Encoding.UTF8.GetBytes(entry.Name),
                Encoding.UTF8.GetBytes(entry.LinkName)));
            text.Append('\n');
        }

        return text.ToString();
    }
}
