using Containerize.Layers;
using Containerize.Testing;
using Xunit;
using static Containerize.Tests.Layers.Entries;

namespace Containerize.Tests.Layers;

public class ReadingFilesThatChange
{
    [Theory]
    [InlineData("12345", 2004)]
    [InlineData("123", 2004)]
    [InlineData(null, 2003)]
    public void IsAnErrorWhereItHappensAfterThePlan(string? becomes, int number)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("a.dll", "1234");
        var spec = Spec(OnDisk("app/a.dll", path));
        if (becomes is null)
        {
            File.Delete(path);
        }
        else
        {
            File.WriteAllText(path, becomes);
        }

        var error = Assert.Throws<ContainerizeException>(() => Tar(spec));
        Assert.Equal(number, error.Number);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public void IsAnErrorWhereItHappensWhileTheyAreRead(int difference)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("big.dll", new byte[3_000_000]);
        var spec = Spec(OnDisk("app/big.dll", path));
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
        using var output = new Touching(() =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.WriteByte(1);
            file.SetLength(3_000_000 + difference);
        });
        using var tar = new TarWriter(output, spec.ModifiedTime);
        tar.Write(spec.Entries[0]);
        var error = Assert.Throws<ContainerizeException>(() => tar.Write(spec.Entries[1]));
        Assert.Equal(2004, error.Number);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(11)]
    public void IsAnErrorForContentThatIsNoFileToo(int planned) =>
        Assert.Equal(2004, Assert.Throws<ContainerizeException>(() => Tar(Spec(Text("x", "") with { Content = new Odd(planned) }))).Number);

    [SkippableFact]
    public void IsAnErrorWhereTheyMayNotBeRead()
    {
        Skip.If(OperatingSystem.IsWindows(), "modes and links are made as on Unix");
        using var folder = new TemporaryFolder();
        var path = folder.Write("secret", "x");
        var entry = OnDisk("secret", path);
        if (Environment.IsPrivilegedProcess)
        {
            // Root may read every file, but not follow a link to itself.
            File.Delete(path);
            File.CreateSymbolicLink(path, path);
        }
        else
        {
            Tool.Run("chmod", "0", path);
        }

        Assert.Equal(2003, Assert.Throws<ContainerizeException>(() => Tar(Spec(entry))).Number);
    }

    private sealed record Odd(int Planned) : FileContent
    {
        public override long Size => Planned;

        public override string Origin => "ten bytes";

        public override Stream Open() => new MemoryStream(new byte[10]);
    }

    // Does something at the first write, which is in the middle of the file.
    private sealed class Touching(Action touch) : MemoryStream
    {
        private bool _touched;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!_touched)
            {
                _touched = true;
                touch();
            }
        }
    }
}
