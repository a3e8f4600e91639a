using System.Net;
using System.Net.Http.Headers;

namespace Containerize.Registries;

/// <summary>A request's body that tells whenever some of it has gone.</summary>
internal sealed class ProgressContent : HttpContent
{
    private const int BufferSize = 128 * 1024;
    private readonly Stream _body;
    private readonly long _length;

    internal ProgressContent(Stream body, long length, string mediaType)
    {
        _body = body;
        _length = length;
        Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        Headers.ContentLength = length;
    }

    /// <summary>Told after each piece; true after the last.</summary>
    internal Action<bool> Progress { get; set; } = _ => { };

    /// <summary>Told after each piece how many bytes have gone; null where nobody looks.</summary>
    internal Action<long>? Sent { get; init; }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    // HttpContent asks for it; all requests are sent from the thread that waits for them.
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        SerializeToStream(stream, context, CancellationToken.None);
        return Task.CompletedTask;
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        var sent = 0L;
        for (int count; (count = _body.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            stream.Write(buffer, 0, count);
            sent += count;
            Progress(sent == _length);
            Sent?.Invoke(sent);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _body.Dispose();
        }

        base.Dispose(disposing);
    }
}
