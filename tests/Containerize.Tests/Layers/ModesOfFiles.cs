using Containerize.Layers;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Layers;

public class ModesOfFiles
{
    private static int Of(TemporaryFolder folder, string name, ReadOnlySpan<byte> bytes, bool executable = false)
    {
        var path = folder.Write(name, bytes);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | (executable ? UnixFileMode.UserExecute : UnixFileMode.None));
        }

        return EntryMode.Of(path);
    }

    // An ELF64 file, little endian, with one program header of a type and, behind it, a dynamic section with these flags.
    private static byte[] Elf(byte type, byte segment = 1, uint flags = 0)
    {
        var bytes = new byte[64 + 56 + 32];
        "\u007fELF"u8.CopyTo(bytes);
        (bytes[4], bytes[5], bytes[16], bytes[32], bytes[54], bytes[56]) = (2, 1, type, 64, 56, 1);
        (bytes[64], bytes[64 + 8], bytes[64 + 32]) = (segment, 120, 32);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(120), 0x6ffffffb);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(128), flags);
        return bytes;
    }

    [Fact]
    public void AreDecidedByWhatTheyAre()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(EntryMode.Executable, Of(folder, "static", Elf(type: 2)));
        Assert.Equal(EntryMode.Executable, Of(folder, "apphost", Elf(type: 3, segment: 3)));
        Assert.Equal(EntryMode.Executable, Of(folder, "my.App", Elf(type: 3, segment: 3)));
        Assert.Equal(EntryMode.Executable, Of(folder, "static-pie", Elf(type: 3, segment: 2, flags: 0x08000001)));
        Assert.Equal(EntryMode.File, Of(folder, "library", Elf(type: 3, segment: 2, flags: 1), executable: true));
        Assert.Equal(EntryMode.File, Of(folder, "libx.so", Elf(type: 3, segment: 3), executable: true));
        Assert.Equal(EntryMode.File, Of(folder, "libx.so.1.2", Elf(type: 3, segment: 3), executable: true));
        Assert.Equal(EntryMode.File, Of(folder, "object", Elf(type: 1), executable: true));
        Assert.Equal(EntryMode.File, Of(folder, "cut", Elf(type: 3).AsSpan(0, 60), executable: true));
        Assert.Equal(EntryMode.File, Of(folder, "web.dll", "MZ"u8, executable: true));
        Assert.Equal(EntryMode.File, Of(folder, "appsettings.json", "#!{}"u8, executable: true));
        Assert.Equal(EntryMode.Executable, Of(folder, "start.sh", "#!/bin/sh"u8, executable: true));
        Assert.Equal(OperatingSystem.IsWindows() ? EntryMode.Executable : EntryMode.File, Of(folder, "notes.sh", "#!/bin/sh"u8));
        Assert.Equal(EntryMode.File, Of(folder, "data", "text"u8, executable: true));
        Assert.Equal(EntryMode.File, Of(folder, "empty", [], executable: true));
    }

    [SkippableFact]
    public void AreThoseOfRealProgramsAndLibraries()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "ELF files");
        Assert.Equal(EntryMode.Executable, EntryMode.Of(Environment.ProcessPath!));
        Assert.Equal(EntryMode.Executable, EntryMode.Of(File.ResolveLinkTarget("/proc/self/exe", true)!.FullName));
        using var folder = new TemporaryFolder();
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        File.Copy(Path.Combine(runtime, "libcoreclr.so"), folder["libcoreclr"]);
        Assert.Equal(EntryMode.File, EntryMode.Of(folder["libcoreclr"]));
        File.Copy(Path.Combine(runtime, "createdump"), folder["createdump"]);
        Assert.Equal(EntryMode.Executable, EntryMode.Of(folder["createdump"]));
    }
}
