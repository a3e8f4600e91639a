using Containerize.Layers.Compression;
using Xunit;

namespace Containerize.Tests.Compression;

public class WritingGzipUnderStress
{
    [Fact]
    public void KeepsItsMemoryForAHalfGigabyteStream()
    {
        var piece = new byte[1_000_000];
        Samples.Text(20_000).CopyTo(piece, 0);
        using var output = new FailingStream(long.MaxValue);
        // Segments are allocated by the thread that writes: what it allocates does not depend on other tests.
        var before = GC.GetAllocatedBytesForCurrentThread();
        using (var writer = new GzipWriter(output, threads: 3))
        {
            for (var i = 0; i < 500; i++)
            {
                writer.Write(piece);
            }
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000);
        Assert.True(output.Written > 500_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void SurfacesAFailingOutputWhereItIsWrittenToAndStays(int threads)
    {
        var content = Samples.Random(4_000_000, 17);
        using var output = new FailingStream(1_000_000);
        var writer = new GzipWriter(output, threads);
        Assert.Throws<IOException>(() => writer.Write(content));
        var written = output.Written;
        Assert.Throws<InvalidOperationException>(() => writer.Write(content));
        writer.Dispose();
        Assert.Equal(written, output.Written);
    }

    [Fact]
    public void SurfacesAFailingOutputWhenItIsFinished()
    {
        var writer = new GzipWriter(new FailingStream(5), threads: 2);
        writer.Write(Samples.Text(1_000));
        Assert.Throws<IOException>(writer.Dispose);
        writer.Dispose();
    }

    [Fact]
    public void LeavesTheOutputOpen()
    {
        using var output = new MemoryStream();
        using (var writer = new GzipWriter(output, threads: 1))
        {
            writer.Write(Samples.Text(1_000));
        }

        Assert.True(output.CanWrite);
    }

    [Fact]
    public void LeavesNoThreadWhenItIsGivenUp()
    {
        var pipeline = new SegmentPipeline(threads: 4);
        for (var i = 0; i < 5; i++)
        {
            var segment = pipeline.Rent();
            segment.Append(Samples.Text(500_000));
            segment.Seal(isLast: false);
            pipeline.Submit(segment);
        }

        Assert.Equal(3, pipeline.Workers.Count);
        pipeline.Dispose();
        Assert.DoesNotContain(pipeline.Workers, worker => worker.IsAlive);
    }

    [Fact]
    public void UsesNoThreadForOneSegmentOrOnOneThread()
    {
        using var small = new SegmentPipeline(threads: 4);
        small.Submit(Sealed(small));
        Assert.Empty(small.Workers);
        using var single = new SegmentPipeline(threads: 1);
        for (var i = 0; i < 3; i++)
        {
            single.Submit(Sealed(single));
            single.Return(single.Take());
        }

        Assert.Empty(single.Workers);
    }

    private static GzipSegment Sealed(SegmentPipeline pipeline)
    {
        var segment = pipeline.Rent();
        segment.Append("content"u8);
        segment.Seal(isLast: true);
        return segment;
    }

    private sealed class FailingStream(long capacity) : Stream
    {
        public long Written { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Written;

        public override long Position { get => Written; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Written + buffer.Length > capacity)
            {
                throw new IOException("The disk is full.");
            }

            Written += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
