using Containerize.Layers;
using Containerize.Testing;
using Xunit;
using static Containerize.Tests.Layers.Entries;

namespace Containerize.Tests.Layers;

/// <summary>The bytes of compatibility version 1. Where one of these moves, the version must; old ones stay here beside the new.</summary>
public class GoldenDigests
{
    private const string TarDigest = "c5530216f38dc5ecad72a6c5e4eaf6375528e861ffaae2ae7ab700e95cb672b5";

    // Made by code, with a bit of everything that the format has: a split name, PAX records, links, modes, owners, text and noise.
    private static LayerSpec Tree()
    {
        var noise = new byte[700_000];
        var state = 1u;
        for (var i = 0; i < noise.Length; i++)
        {
            state = (state * 1664525) + 1013904223;
            noise[i] = i % 3 == 0 ? (byte)(state >> 24) : (byte)(i / 1000);
        }

        return Spec(
            Text("app/web", "\u007fELF", EntryMode.Executable),
            Text("app/web.dll", "") with { Content = new InlineContent(noise, "noise") },
            Text("app/appsettings.json", string.Concat(Enumerable.Range(0, 2000).Select(i => $"{{ \"line\": {i} }}\n"))),
            Text($"app/{new string('d', 90)}/{new string('f', 90)}", "split"),
            Text("app/stra\u00dfe", "PAX") with { Uid = 3_000_000, Gid = 1654 },
            Link("usr/bin/web", "/app/web"),
            Folder("data", 0b111_000_000) with { Uid = 1654, Gid = 1654 });
    }

    [Theory]
    [InlineData(LayerCompression.None, TarDigest)]
    [InlineData(LayerCompression.Gzip, "483c4a1fd43876cc8993449d8d6a9b27ecc9c126eb290682739b03f7f3e5e922")]
    [InlineData(LayerCompression.Zstd, "c886261adf14934171893d5179cf1c6be2f5ff29df44b9dde767d923b6cf71d3")]
    public async Task AreThoseOfTheVersionWithAnyNumberOfThreads(LayerCompression compression, string digest)
    {
        Assert.Equal(3, ByteFormat.CompatibilityVersion);
        for (var threads = 1; threads <= 3; threads++)
        {
            using var folder = new TemporaryFolder();
            var layer = await new LayerBuilder(new LayerCache(folder.Path), threads).BuildAsync(Tree(), compression);
            Assert.True(
                (layer.DiffId.Hex, layer.Descriptor.Digest.Hex) == (TarDigest, digest), $"{threads} threads gave {layer.DiffId.Hex} and {layer.Descriptor.Digest.Hex}");
        }
    }
}
