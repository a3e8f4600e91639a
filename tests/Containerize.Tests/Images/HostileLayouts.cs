using System.Formats.Tar;
using System.Text;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Images;

public class HostileLayouts
{
    private static async Task<string> LayoutAsync(TemporaryFolder folder, Image? image = null)
    {
        await new OciLayout(folder["l"], "x").WriteAsync(image ?? SampleImages.Create(["one"]), CancellationToken.None);
        return folder["l"];
    }

    private static async Task<ContainerizeException> RefusedAsync(string layout, string? name = null) =>
        await Assert.ThrowsAsync<ContainerizeException>(() => ReadAllAsync(layout, name));

    private static async Task ReadAllAsync(string layout, string? name = null)
    {
        foreach (var one in await ArtifactCopy.ChildrenFirstAsync(await new OciLayout(layout, name).ReadAsync(CancellationToken.None), CancellationToken.None))
        {
            if (one is Image image)
            {
                await SampleImages.ReadLayersAsync(image);
            }
        }
    }

    private static string BlobPath(string layout, Descriptor blob) => Path.Combine(layout, "blobs", "sha256", blob.Digest.Hex);

    // A layout whose index.json points to one document of our making.
    private static string LayoutOf(TemporaryFolder folder, string mediaType, byte[] document)
    {
        Directory.CreateDirectory(folder["l/blobs/sha256"]);
        File.WriteAllText(folder["l/oci-layout"], """{"imageLayoutVersion":"1.0.0"}""");
        var descriptor = Descriptor.Of(mediaType, document);
        File.WriteAllBytes(BlobPath(folder["l"], descriptor), document);
        File.WriteAllBytes(folder["l/index.json"], OciJson.Write(new IndexManifest { Manifests = [descriptor] }));
        return folder["l"];
    }

    [Theory]
    [InlineData("oci-layout", null, 3007)]
    [InlineData("oci-layout", "{}", 3007)]
    [InlineData("oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}", 3007)]
    [InlineData("oci-layout", "not json", 3007)]
    [InlineData("index.json", null, 3007)]
    [InlineData("index.json", "", 3002)]
    [InlineData("index.json", "{\"schemaVersion\":2", 3002)]
    [InlineData("index.json", "{\"schemaVersion\":2,\"manifests\":[]}", 3007)]
    [InlineData("index.json", "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"x\",\"digest\":\"sha256:../../../x\",\"size\":1}]}", 3002)]
    public async Task WithDamagedDocumentsAreRefused(string file, string? content, int number)
    {
        using var folder = new TemporaryFolder();
        var layout = await LayoutAsync(folder);
        File.Delete(Path.Combine(layout, file));
        if (content is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(layout, file), content);
        }

        Assert.Equal(number, (await RefusedAsync(layout)).Number);
    }

    [Fact]
    public async Task WithTwoNamesListThemAndGiveEachWhenAsked()
    {
        using var folder = new TemporaryFolder();
        var layout = await LayoutAsync(folder);
        var second = SampleImages.Create(["two"]);
        await new OciLayout(layout, "y:2").WriteAsync(second, CancellationToken.None);
        var failure = await RefusedAsync(layout);
        Assert.Equal(3008, failure.Number);
        Assert.Contains("x, y:2", failure.Message, StringComparison.Ordinal);
        Assert.Equal(second.Digest, (await new OciLayout(layout, "y:2").ReadAsync(CancellationToken.None)).Digest);
        Assert.Equal(3008, (await RefusedAsync(layout, "z")).Number);
    }

    [Fact]
    public async Task WithLinksForBlobsAreRefused()
    {
        using var folder = new TemporaryFolder();
        var image = SampleImages.Create(["one"]);
        var layout = await LayoutAsync(folder, image);
        var blob = BlobPath(layout, image.Manifest.Layers[0]);
        File.Move(blob, folder["elsewhere"]);
        File.CreateSymbolicLink(blob, folder["elsewhere"]);
        var failure = await RefusedAsync(layout);
        Assert.Equal(3007, failure.Number);
        Assert.Contains("symbolic link", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithDamagedBlobsAreRefusedAndNothingIsDeleted()
    {
        using var folder = new TemporaryFolder();
        var image = SampleImages.Create(["one"]);
        var layout = await LayoutAsync(folder, image);
        var blob = BlobPath(layout, image.Manifest.Layers[0]);
        var bytes = await File.ReadAllBytesAsync(blob);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(blob, bytes);
        Assert.Equal(3003, (await RefusedAsync(layout)).Number);
        Assert.True(File.Exists(blob));
        await File.WriteAllBytesAsync(blob, [.. bytes, 0]);
        Assert.Equal(3003, (await RefusedAsync(layout)).Number);
        File.Delete(blob);
        Assert.Equal(3004, (await RefusedAsync(layout)).Number);
    }

    [Theory]
    [InlineData(MediaTypes.OciManifest, "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"config\":CONFIG,\"layers\":[]}", 3006)]
    [InlineData(MediaTypes.OciIndex, "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":[]}", 3002)]
    [InlineData(MediaTypes.OciManifest, "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":[],\"manifests\":[]}", 3002)]
    [InlineData(MediaTypes.OciManifest, "{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":[],\"layers\":[]}", 3002)]
    [InlineData(MediaTypes.OciManifest, "{\"schemaVersion\":1,\"config\":CONFIG,\"layers\":[]}", 3002)]
    [InlineData(MediaTypes.OciManifest, "{\"schemaVersion\":\"2\",\"config\":CONFIG,\"layers\":[]}", 3002)]
    [InlineData(MediaTypes.OciManifest, "\uFEFF{\"schemaVersion\":2,\"config\":CONFIG,\"layers\":[]}", 3002)]
    [InlineData(MediaTypes.OciManifest, "[]", 3002)]
    [InlineData(MediaTypes.OciManifest, "null", 3002)]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws", "{}", 3006)]
    [InlineData("text/html", "{}", 3006)]
    public async Task WithConfusedManifestsAreRefused(string mediaType, string document, int number)
    {
        using var folder = new TemporaryFolder();
        var config = "{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"" + Digest.Of("{}"u8) + "\",\"size\":2}";
        var layout = LayoutOf(folder, mediaType, Encoding.UTF8.GetBytes(document.Replace("CONFIG", config, StringComparison.Ordinal)));
        await File.WriteAllTextAsync(Path.Combine(layout, "blobs", "sha256", Digest.Of("{}"u8).Hex), "{}");
        Assert.Equal(number, (await RefusedAsync(layout)).Number);
    }

    [Fact]
    public async Task WithUnknownFieldsKeepTheirBytes()
    {
        using var folder = new TemporaryFolder();
        var config = "{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"" + Digest.Of("{}"u8) + "\",\"size\":2,\"later\":[1]}";
        var document = Encoding.UTF8.GetBytes("{ \"schemaVersion\": 2,\n\"config\":" + config + ",\"layers\":[],\"future\":{\"a\":1}}");
        var layout = LayoutOf(folder, MediaTypes.OciManifest, document);
        await File.WriteAllTextAsync(Path.Combine(layout, "blobs", "sha256", Digest.Of("{}"u8).Hex), "{}");
        Assert.Equal(document, (await new OciLayout(layout).ReadAsync(CancellationToken.None)).Bytes.ToArray());
    }

    [Fact]
    public async Task WithIndexesNestedTooDeepAreRefused()
    {
        using var folder = new TemporaryFolder();
        var layout = LayoutOf(folder, MediaTypes.OciIndex, OciJson.Write(new IndexManifest { Manifests = [] }));
        var inner = Descriptor.Of(MediaTypes.OciIndex, OciJson.Write(new IndexManifest { Manifests = [] }));
        for (var depth = 0; depth < 50; depth++)
        {
            var bytes = OciJson.Write(new IndexManifest { Manifests = [inner] });
            inner = Descriptor.Of(MediaTypes.OciIndex, bytes);
            await File.WriteAllBytesAsync(BlobPath(layout, inner), bytes);
        }

        await File.WriteAllBytesAsync(Path.Combine(layout, "index.json"), OciJson.Write(new IndexManifest { Manifests = [inner] }));
        Assert.Equal(3006, (await RefusedAsync(layout)).Number);
    }

    [Fact]
    public async Task WithTooLargeDocumentsAreRefused()
    {
        using var folder = new TemporaryFolder();
        var layout = LayoutOf(folder, MediaTypes.OciManifest, [.. new byte[5 * 1024 * 1024]]);
        Assert.Equal(3003, (await RefusedAsync(layout)).Number);
    }

    [Fact]
    public async Task WithForeignLayersAreCopiedWithoutThem()
    {
        using var folder = new TemporaryFolder();
        var image = SampleImages.Create(["one"]);
        var foreign = Descriptor.Of("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "absent"u8) with { Urls = ["http://127.0.0.1:1/layer"] };
        var layered = Image.Create(image.Config, [.. image.Layers, new Layer(foreign, Digest.Of("y"u8), image.Source)]);
        await new OciLayout(folder["l"]).WriteAsync(layered, CancellationToken.None);
        Assert.False(File.Exists(BlobPath(folder["l"], foreign)));
        Assert.Equal(layered.Digest, (await new OciLayout(folder["l"]).ReadAsync(CancellationToken.None)).Digest);
    }

    [Fact]
    public async Task AFolderWithOtherFilesIsNotWrittenTo()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["README"], "mine");
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => new OciLayout(folder.Path).WriteAsync(SampleImages.Create(["x"]), CancellationToken.None));
        Assert.Equal(3009, failure.Number);
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task OfEightWritersAtOnceKeepAllNames()
    {
        using var folder = new TemporaryFolder();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() =>
            new OciLayout(folder["l"], $"n{n}").WriteAsync(SampleImages.Create([$"{n}"]), CancellationToken.None))));
        for (var n = 0; n < 8; n++)
        {
            await ReadAllAsync(folder["l"], $"n{n}");
        }

        Assert.Equal(["blobs", "index.json", "oci-layout"], Directory.GetFileSystemEntries(folder["l"]).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("../../etc/passwd", "l.tar", 3007)]
    [InlineData("/etc/passwd", "l.tar", 3007)]
    [InlineData("c.json", "../l.tar", 3007)]
    [InlineData("c.json", "blobs/../../l.tar", 3007)]
    [InlineData("c.json", "absent.tar", 3007)]
    [InlineData("absent.json", "l.tar", 3007)]
    public async Task DockerArchivesThatPointElsewhereAreRefused(string config, string layer, int number)
    {
        using var folder = new TemporaryFolder();
        await TarAsync(folder["a.tar"], ("manifest.json", $"[{{\"Config\":\"{config}\",\"RepoTags\":[\"x:1\"],\"Layers\":[\"{layer}\"]}}]"), ("c.json", ConfigOf("l")), ("l.tar", "l"));
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => ImageArchive.Open(folder["a.tar"], null, ArchiveFormat.Docker).ReadAsync(CancellationToken.None));
        Assert.Equal(number, failure.Number);
    }

    [Fact]
    public async Task DockerArchivesTakeTheLayersInTheOrderOfTheirManifest()
    {
        using var folder = new TemporaryFolder();
        await TarAsync(
            folder["a.tar"],
            ("z.tar", "one"),
            ("a.tar", "two"),
            ("c.json", ConfigOf("one", "two")),
            ("manifest.json", "[{\"Config\":\"c.json\",\"RepoTags\":[\"x:1\"],\"Layers\":[\"z.tar\",\"a.tar\"]}]"));
        var image = (Image)await ImageArchive.Open(folder["a.tar"]).ReadAsync(CancellationToken.None);
        Assert.Equal([Digest.Of("one"u8), Digest.Of("two"u8)], image.Layers.Select(l => l.Descriptor.Digest));
        await SampleImages.ReadLayersAsync(image);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[{}]")]
    [InlineData("[1]")]
    [InlineData("[{\"Config\":1}]")]
    [InlineData("[{\"Config\":\"c.json\",\"Layers\":[null]}]")]
    [InlineData("[{\"Config\":\"c.json\",\"Layers\":\"x\"}]")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task DockerArchivesWithOddManifestsAreRefused(string manifest)
    {
        using var folder = new TemporaryFolder();
        await TarAsync(folder["a.tar"], ("manifest.json", manifest), ("c.json", ConfigOf()));
        var failure = await Assert.ThrowsAsync<ContainerizeException>(() => ImageArchive.Open(folder["a.tar"]).ReadAsync(CancellationToken.None));
        Assert.Equal(3007, failure.Number);
    }

    [Fact]
    public async Task ArchivesThatAreCutAnywhereNeverGiveAnImage()
    {
        using var folder = new TemporaryFolder();
        await new ImageArchive(folder["a.tar"], [], ArchiveFormat.Oci).WriteAsync(SampleImages.Create(["one"]), CancellationToken.None);
        var whole = await File.ReadAllBytesAsync(folder["a.tar"]);
        for (var length = 0; length < whole.Length - 1024; length += 311)
        {
            await File.WriteAllBytesAsync(folder["b.tar"], whole[..length]);
            var failure = await Assert.ThrowsAsync<ContainerizeException>(async () =>
                await SampleImages.ReadLayersAsync((Image)await ImageArchive.Open(folder["b.tar"], null, ArchiveFormat.Oci).ReadAsync(CancellationToken.None)));
            Assert.Contains(failure.Number, new[] { 3002, 3003, 3004, 3007 });
        }
    }

    private static string ConfigOf(params string[] layers) =>
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
        + string.Join(',', layers.Select(l => $"\"{Digest.Of(Encoding.UTF8.GetBytes(l))}\"")) + "]}}";

    private static async Task TarAsync(string path, params (string Name, string Content)[] files)
    {
        await using var writer = new System.Formats.Tar.TarWriter(File.Create(path), TarEntryFormat.Ustar);
        foreach (var (name, content) in files)
        {
            await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
        }
    }
}
