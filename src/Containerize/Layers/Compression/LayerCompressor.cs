using Containerize.Oci;

namespace Containerize.Layers.Compression;

// Temporary: replaced whole by the pinned compressors.
internal static class LayerCompressor
{
    public static Stream Create(Stream output, LayerCompression kind, int threads) =>
        kind == LayerCompression.None ? new Kept(output) : throw new NotSupportedException($"{kind} with {threads} threads");

    public static string MediaType(LayerCompression kind) => kind switch
    {
        LayerCompression.Gzip => MediaTypes.OciLayerGzip,
        LayerCompression.Zstd => MediaTypes.OciLayerZstd,
        _ => MediaTypes.OciLayer,
    };

    private sealed class Kept(Stream output) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => 0; set => throw new NotSupportedException(); }

        public override void Flush() => output.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => output.Write(buffer);
    }
}
