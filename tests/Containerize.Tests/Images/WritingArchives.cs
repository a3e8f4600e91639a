using System.Formats.Tar;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Images;

public class WritingArchives
{
    private static readonly Reference Name = Reference.Parse("app:1");

    [Theory]
    [InlineData("a.tar")]
    [InlineData("a.tar.gz")]
    public async Task Twice_GivesTheSameBytes(string file)
    {
        using var folder = new TemporaryFolder();
        var image = SampleImages.Create(["one", "two"]);
        await new ImageArchive(folder["1" + file], [Name], ArchiveFormat.Docker).WriteAsync(image, CancellationToken.None);
        await new ImageArchive(folder["2" + file], [Name], ArchiveFormat.Docker).WriteAsync(image, CancellationToken.None);
        var bytes = await File.ReadAllBytesAsync(folder["1" + file]);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(folder["2" + file]));
        Assert.Equal(file.EndsWith(".gz", StringComparison.Ordinal), bytes[0] == 0x1f && bytes[1] == 0x8b);
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public async Task IntoAFolder_NamesItByTheRepository()
    {
        using var folder = new TemporaryFolder();
        await new ImageArchive(folder.Path, [Reference.Parse("team/app:1")], ArchiveFormat.Docker).WriteAsync(SampleImages.Create(["one"]), CancellationToken.None);
        Assert.True(File.Exists(folder["team/app.tar.gz"]));
        await new ImageArchive(folder["new/"], [Name], ArchiveFormat.Docker).WriteAsync(SampleImages.Create(["one"]), CancellationToken.None);
        Assert.True(File.Exists(folder["new/app.tar.gz"]));
    }

    [Fact]
    public async Task OfSeveralPlatforms_NeedsTheOciFormat()
    {
        using var folder = new TemporaryFolder();
        var index = SampleImages.CreateIndex("x");
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() =>
            new ImageArchive(folder["a.tar"], [Name], ArchiveFormat.Docker).WriteAsync(index, CancellationToken.None));
        Assert.Equal(3030, failure.Number);
        Assert.Contains("ContainerImageFormat to OCI", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
        await new ImageArchive(folder["a.tar"], [Name], ArchiveFormat.Oci).WriteAsync(index, CancellationToken.None);
        Assert.Equal(index.Digest, (await ImageArchive.Open(folder["a.tar"], "app:1").ReadAsync(CancellationToken.None)).Digest);
    }

    [Fact]
    public async Task OfZstdLayersForDocker_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => new ImageArchive(folder["a.tar"], [Name], ArchiveFormat.Docker)
            .WriteAsync(SampleImages.Create(["x"], compression: LayerCompression.Zstd), CancellationToken.None));
        Assert.Equal(3031, failure.Number);
    }

    [Fact]
    public async Task ThatFails_LeavesTheEarlierOne()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["a.tar"], "earlier");
        var good = SampleImages.Create(["one"]);
        var layer = good.Layers[0];
        var broken = Image.Create(good.Config, [layer with { Descriptor = layer.Descriptor with { Size = layer.Descriptor.Size + 1 } }]);
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() =>
            new ImageArchive(folder["a.tar"], [Name], ArchiveFormat.Docker).WriteAsync(broken, CancellationToken.None));
        Assert.Equal(3003, failure.Number);
        Assert.Equal("earlier", await File.ReadAllTextAsync(folder["a.tar"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [SkippableFact]
    public async Task OnAFullDisk_LeavesTheEarlierOneAndSaysSo()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root, to mount a small tmpfs");
        using var folder = new TemporaryFolder();
        (await ToolRunner.RunAsync("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder.Path)).Succeeded();
        try
        {
            await new ImageArchive(folder["a.tar"], [Name], ArchiveFormat.Docker).WriteAsync(SampleImages.Create(["one"]), CancellationToken.None);
            var before = await File.ReadAllBytesAsync(folder["a.tar"]);
            var large = SampleImages.Create([new string('x', 600_000)], compression: LayerCompression.None);
            var failure = await Assert.ThrowsAsync<ContainerizeException>(() =>
                new ImageArchive(folder["a.tar"], [Name], ArchiveFormat.Docker).WriteAsync(large, CancellationToken.None));
            Assert.Equal(3011, failure.Number);
            Assert.Contains("the disk is full", failure.Message, StringComparison.Ordinal);
            Assert.Equal(before, await File.ReadAllBytesAsync(folder["a.tar"]));
            Assert.Single(Directory.GetFiles(folder.Path));
        }
        finally
        {
            await ToolRunner.RunAsync("umount", folder.Path);
        }
    }

    [Fact]
    public async Task HoldsBothReadersDocuments()
    {
        using var folder = new TemporaryFolder();
        await new ImageArchive(folder["a.tar"], [Name, Reference.Parse("localhost:5000/app:2")], ArchiveFormat.Docker)
            .WriteAsync(SampleImages.Create(["one"], compression: LayerCompression.None), CancellationToken.None);
        using var reader = new TarReader(File.OpenRead(folder["a.tar"]));
        var text = new System.Text.StringBuilder();
        while (await reader.GetNextEntryAsync() is { } entry)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{entry.Name} {Convert.ToString((int)entry.Mode, 8)} {entry.Uid}:{entry.Gid} {entry.ModificationTime.ToUnixTimeSeconds()}\n");
            if (entry.Name.EndsWith(".json", StringComparison.Ordinal))
            {
                text.Append(await new StreamReader(entry.DataStream!).ReadToEndAsync()).Append('\n');
            }
        }

        Verify.Text(text.ToString());
    }
}
