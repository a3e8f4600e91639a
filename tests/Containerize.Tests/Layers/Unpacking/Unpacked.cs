using System.IO.Compression;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Layers.Unpacking;
using Containerize.Oci;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Layers.Unpacking;

/// <summary>A root for layers, with a canary beside it: what is outside the root may not change, whatever a tar says.</summary>
internal sealed class Unpacked : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _before;

    public Unpacked()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "layers are unpacked on Linux");
        Skip.IfNot(Environment.IsPrivilegedProcess, "owners, devices and trusted attributes are root's");
        _folder.Write("canary/etc/shadow", "secret");
        _folder.Write("canary/etc/passwd", "root");
        File.CreateSymbolicLink(_folder["canary/link"], "etc/shadow");
        _folder.Folder("root");
        _before = Canary();
    }

    public string Root => _folder["root"];

    /// <summary>The tree; times only where they are asked for.</summary>
    public string Tree(bool times = false) => TreeDump.Of(Root, times);

    /// <summary>The paths alone.</summary>
    public string Paths() => string.Join(' ', Tree().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"{line[0]}:{line.Split(' ', 7)[6]}"));

    public string this[string relative] => Path.Combine(Root, relative);

    public UnpackedTree Add(RawTar tar, UnpackForm form = UnpackForm.Overlay, UnpackLimits? limits = null) => Add(tar.Bytes, form, limits);

    /// <summary>Unpacks a tar as a layer, compressed or not.</summary>
    public UnpackedTree Add(byte[] tar, UnpackForm form = UnpackForm.Overlay, UnpackLimits? limits = null, byte[]? blob = null)
    {
        var layer = LayerOf(tar, blob);
        var unpacker = new LayerUnpacker(form, limits ?? UnpackLimits.Default);
        try
        {
            return unpacker.Unpack(layer, new MemoryStream(blob ?? tar), Root, CancellationToken.None);
        }
        finally
        {
            Assert.Equal(_before, Canary());
        }
    }

    /// <summary>The failure of a tar that must fail, which names the layer; nothing outside the root has changed.</summary>
    public ContainerizeException Fails(int number, byte[] tar, UnpackLimits? limits = null, byte[]? blob = null)
    {
        var failure = Assert.Throws<ContainerizeException>(() => Add(tar, limits: limits, blob: blob));
        Assert.True(failure.Number == number, failure.Message);
        Assert.Contains(LayerOf(tar, blob).Descriptor.Digest.ToString(), failure.Message, StringComparison.Ordinal);
        return failure;
    }

    public static Layer LayerOf(byte[] tar, byte[]? blob = null) =>
        new(Descriptor.Of(blob is null ? MediaTypes.OciLayer : MediaTypes.OciLayerGzip, blob ?? tar), Digest.Of(tar), new Bytes(blob ?? tar));

    public static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }

    public void Dispose()
    {
        // Not .NET's: names are bytes.
        Tool.Run("rm", "-rf", _folder.Path);
        _folder.Dispose();
    }

    private string Canary() => TreeDump.Of(_folder["canary"]);

    internal sealed class Bytes(byte[] bytes) : IBlobSource
    {
        public ValueTask<Stream> OpenAsync(Descriptor blob, long offset, CancellationToken cancellationToken) =>
            new(new MemoryStream(bytes[(int)offset..], writable: false));
    }
}
