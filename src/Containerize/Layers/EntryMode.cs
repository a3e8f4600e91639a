namespace Containerize.Layers;

/// <summary>The modes of entries, decided by what a file is and never by the umask of the machine that builds.</summary>
public static class EntryMode
{
    /// <summary>Read and write for the owner, read for the others: 0644.</summary>
    public const int File = 0b110_100_100;

    /// <summary>The same, and all may execute it: 0755.</summary>
    public const int Executable = 0b111_101_101;

    /// <summary>Of directories: 0755.</summary>
    public const int Directory = 0b111_101_101;

    /// <summary>Of symbolic links, where it has no meaning: 0777.</summary>
    public const int SymbolicLink = 0b111_111_111;

    /// <summary>All bits a mode may have: 07777.</summary>
    public const int All = 0b111_111_111_111;

    // Not programs, whatever their bytes or bits say; most files of a publish folder need not be opened for that.
    private static readonly HashSet<string> NeverPrograms = new(StringComparer.OrdinalIgnoreCase)
    {
        ".dll", ".pdb", ".json", ".xml", ".so", ".dylib", ".a", ".dbg", ".config", ".dat", ".resources", ".txt", ".md", ".html", ".htm", ".css", ".map",
        ".gz", ".br", ".zip", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".webp", ".woff", ".woff2", ".ttf", ".yml", ".yaml", ".cshtml", ".razor",
    };

    /// <summary>
    /// The mode of a file in an image: <see cref="Executable"/> for an ELF program (apphost, NativeAOT program, createdump) and for a
    /// <c>#!</c> script that is executable on disk, else <see cref="File"/>. CTZ2003 where the file cannot be read.
    /// </summary>
    /// <remarks>
    /// An ELF program is one by its bytes, so that a build on Windows, which has no executable bits, gives the same image; for the same reason
    /// a <c>#!</c> script is executable when the build runs there. Shared libraries are loaded, not executed: 0644, as Debian packages them.
    /// </remarks>
    public static int Of(string path)
    {
        if (NeverPrograms.Contains(Path.GetExtension(path)) || Path.GetFileName(path).Contains(".so.", StringComparison.Ordinal))
        {
            return File;
        }

        FileState.Of(path).RequireRegular(path);
        try
        {
            using var file = System.IO.File.OpenHandle(path);
            Span<byte> start = stackalloc byte[ElfProgram.HeaderLength];
            var length = RandomAccess.Read(file, start, 0);
            return ElfProgram.Is(file, start[..length]) || (start[..length].StartsWith("#!"u8) && MayExecute(path)) ? Executable : File;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LayerErrors.Unreadable(path, e);
        }
    }

    private static bool MayExecute(string path) =>
        OperatingSystem.IsWindows() || (System.IO.File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0;
}
