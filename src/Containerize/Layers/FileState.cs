using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Containerize.Layers;

/// <summary>What tells one state of a file from another without reading it.</summary>
/// <param name="Size">The size in bytes.</param>
/// <param name="ModifiedTicks">The last write, UTC ticks of 100 ns.</param>
/// <param name="ChangedTicks">The last change of content or attributes, UTC ticks; 0 where the system does not say.</param>
/// <param name="Identity">The inode; 0 where the system does not say.</param>
/// <param name="Type">The file type bits of the mode; 0 where the system does not say.</param>
internal sealed partial record FileState(long Size, long ModifiedTicks, long ChangedTicks, ulong Identity, int Type)
{
    /// <summary>The state of what is no file.</summary>
    public static readonly FileState None = new(0, 0, 0, 0, 0);

    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;

    // statx(2): one layout on every architecture. AT_FDCWD, AT_EMPTY_PATH, STATX_BASIC_STATS.
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;

    /// <summary>The time that every change moves: ctime cannot be set back by a program, mtime can.</summary>
    public long LastChange => ChangedTicks != 0 ? ChangedTicks : ModifiedTicks;

    /// <summary>The state of the file behind a path, links followed; CTZ2003 where there is none, CTZ2005 where its name is not UTF-8.</summary>
    public static FileState Of(string path)
    {
        if (OperatingSystem.IsLinux() && StatX(CurrentDirectory, path, 0, BasicStats, out var stat) == 0)
        {
            return From(stat);
        }

        try
        {
            var info = new FileInfo(path);
            if (info.Exists && info.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
            {
                info = target;
            }

            if (!info.Exists && path.Contains('\uFFFD', StringComparison.Ordinal))
            {
                throw RawNames.NotUtf8(path);
            }

            return System.IO.Directory.Exists(path)
                ? new FileState(0, 0, 0, 0, 0x4000)
                : new FileState(info.Length, info.LastWriteTimeUtc.Ticks, 0, 0, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LayerErrors.Unreadable(path, e);
        }
    }

    /// <summary>The state of an open file.</summary>
    public static FileState Of(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsLinux() && StatX((int)file.DangerousGetHandle(), "", EmptyPath, BasicStats, out var stat) == 0)
        {
            return From(stat);
        }

        try
        {
            return new FileState(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file).Ticks, 0, 0, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LayerErrors.Unreadable(path, e);
        }
    }

    /// <summary>Fails with CTZ2006 for what has no bytes of its own; opening a pipe would even wait for a writer.</summary>
    public void RequireRegular(string path)
    {
        if (Type is not (0 or Regular))
        {
            throw LayerErrors.NotRegular(path, Type switch
            {
                0x1000 => "a named pipe",
                0x2000 or 0x6000 => "a device",
                0x4000 => "a directory",
                0xC000 => "a socket",
                _ => "of another kind",
            });
        }
    }

    private static FileState From(in StatXResult stat) =>
        new((long)stat.Size, Ticks(stat.Modified), Ticks(stat.Changed), stat.Inode, stat.Mode & TypeMask);

    private static long Ticks(in StatXTime time) => DateTime.UnixEpoch.Ticks + (time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, out StatXResult result);

    [StructLayout(LayoutKind.Sequential)]
    private struct StatXTime
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Padding;
    }

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatXResult
    {
        [FieldOffset(0x1c)]
        public ushort Mode;

        [FieldOffset(0x20)]
        public ulong Inode;

        [FieldOffset(0x28)]
        public ulong Size;

        [FieldOffset(0x60)]
        public StatXTime Changed;

        [FieldOffset(0x70)]
        public StatXTime Modified;
    }
}
