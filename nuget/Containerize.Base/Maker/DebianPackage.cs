using System.Formats.Tar;
using System.Text;

namespace Containerize.Base.Maker;

/// <summary>What a .deb holds.</summary>
/// <param name="Control">The control file, as it is in the package.</param>
/// <param name="Md5Sums">The lines of its md5sums file.</param>
/// <param name="Files">Files and symbolic links; folders are made by whoever needs them.</param>
internal sealed record DebianPackage(string Control, IReadOnlyList<string> Md5Sums, IReadOnlyList<DebianFile> Files)
{
    // /bin, /lib ... are links into /usr on Debian since 12; packages of 12 still name the old paths.
    private static readonly string[] MergedFolders = ["bin/", "lib/", "lib64/", "sbin/"];

    public static DebianPackage Read(string path)
    {
        var control = Command.Read("dpkg-deb", ["--ctrl-tarfile", path], Entries);
        var text = control.ToDictionary(f => f.Path, f => Encoding.UTF8.GetString(f.Bytes ?? []), StringComparer.Ordinal);
        return new DebianPackage(
            text["control"],
            text.GetValueOrDefault("md5sums", "").Split('\n', StringSplitOptions.RemoveEmptyEntries),
            Command.Read("dpkg-deb", ["--fsys-tarfile", path], Entries));
    }

    /// <summary>The path in a system whose /bin, /lib, /lib64 and /sbin are links into /usr.</summary>
    public static string Merged(string path) => MergedFolders.Any(f => path.StartsWith(f, StringComparison.Ordinal)) ? "usr/" + path : path;

    private static List<DebianFile> Entries(Stream tar)
    {
        var files = new List<DebianFile>();
        using var reader = new TarReader(tar, leaveOpen: true);
        while (reader.GetNextEntry() is { } entry)
        {
            var path = Merged(entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name);
            switch (entry.EntryType)
            {
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                    var bytes = new MemoryStream();
                    entry.DataStream?.CopyTo(bytes);
                    files.Add(new DebianFile(path, (int)entry.Mode, bytes.ToArray(), null));
                    break;
                case TarEntryType.SymbolicLink:
                    files.Add(new DebianFile(path, (int)entry.Mode, null, entry.LinkName));
                    break;
                case TarEntryType.HardLink:
                    var target = Merged(entry.LinkName.StartsWith("./", StringComparison.Ordinal) ? entry.LinkName[2..] : entry.LinkName);
                    files.Add(files.First(f => f.Path == target) with { Path = path });
                    break;
                case TarEntryType.Directory:
                    break;
                default:
                    throw new InvalidDataException($"{path} is of the kind {entry.EntryType}, which no package of the base has.");
            }
        }

        return files;
    }
}

/// <summary>A file or symbolic link of a package; all of the base's belong to root.</summary>
internal sealed record DebianFile(string Path, int Mode, byte[]? Bytes, string? LinkTarget);
