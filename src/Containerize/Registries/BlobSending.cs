using System.Net;
using Containerize.Images;
using Containerize.Oci;

namespace Containerize.Registries;

/// <summary>Sends one blob through one upload: as the body of one PUT, and in chunks where it goes on in the middle or the registry wants it so.</summary>
/// <remarks>https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-a-blob-monolithically and the section after it.</remarks>
internal sealed class BlobSending(RegistryHttp http, RegistryScope scope, BlobRequest request, string doing)
{
    private const int MostRealignments = 3;
    private const long UsualChunk = 8 * 1024 * 1024;
    private const long SmallestChunk = 256 * 1024;
    private readonly Descriptor _blob = request.Blob;
    private int _failures;
    private int _realignments;

    /// <summary>What the registry said to the upload at last, where it ended it.</summary>
    internal string? LastWords { get; private set; }

    /// <summary>How large the blob is.</summary>
    internal long Size => _blob.Size;

    /// <summary>Sends what the registry has not got; fails where no other upload would help.</summary>
    /// <param name="session">The upload.</param>
    /// <param name="isThere">Whether the registry has the blob after all.</param>
    /// <param name="moved">Told when the upload has another address.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal UploadEnd Send(UploadSession session, Func<bool> isThere, Action moved, CancellationToken cancellationToken)
    {
        if (session.Chunk == 0 && http.Chunk is > 0 and var usual && _blob.Size > usual)
        {
            session.Chunk = Math.Max(usual, session.LeastChunk);
        }

        while (true)
        {
            var isEnd = session.Chunk == 0 || session.Offset >= _blob.Size;
            UploadEnd end;
            try
            {
                using var response = http.Send(isEnd ? End(session) : Next(session), cancellationToken);
                end = response.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.Accepted or HttpStatusCode.NoContent
                    ? isEnd ? UploadEnd.Done : Follow(session, response)
                    : Judge(session, response, cancellationToken);
                if (end == UploadEnd.None)
                {
                    moved();
                }
            }
            catch (ContainerizeException e) when (e.Number is 4002 or 4003)
            {
                // The answer may have got lost, and not the blob.
                if (isThere())
                {
                    return Told(UploadEnd.Done);
                }

                if (++_failures >= RegistryRetry.Tries)
                {
                    throw;
                }

                http.Retry.WaitAfter(e, _failures, cancellationToken);
                end = request.IsLarge && !http.RefusesChunks && Ask(session, cancellationToken) ? UploadEnd.None : UploadEnd.Broken;
            }

            if (end != UploadEnd.None)
            {
                return Told(end);
            }
        }
    }

    /// <summary>Asks the registry how much it has, and goes on from there; false where it does not know the upload.</summary>
    internal bool Ask(UploadSession session, CancellationToken cancellationToken)
    {
        var question = new RegistryRequest(HttpMethod.Get, session.Location, doing) { Scope = scope };
        using var response = http.Send(question, cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.OK or HttpStatusCode.Accepted))
        {
            return false;
        }

        session.Follow(response, 0, location => http.Next(session.Location, location, doing));
        session.Chunk = http.Chunk > 0 ? Math.Max(http.Chunk, session.LeastChunk) : session.Offset == 0 ? 0 : Math.Max(_blob.Size - session.Offset, 1);
        return session.Offset <= _blob.Size;
    }

    // What to do about an answer that is no success; none where the upload goes on.
    private UploadEnd Judge(UploadSession session, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var inChunks = session.Chunk > 0;
        if (RegistryRetry.IsTransient(response.StatusCode) && ++_failures < RegistryRetry.Tries)
        {
            http.Retry.Wait(_failures, response.Headers.RetryAfter, cancellationToken);
            return UploadEnd.None;
        }

        switch (response.StatusCode)
        {
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                return ++_realignments <= MostRealignments && Ask(session, cancellationToken) ? UploadEnd.None : UploadEnd.Unknown;
            case HttpStatusCode.NotFound:
                LastWords = RegistryErrors.Said(doing, response, cancellationToken);
                // GitHub's takes chunks and refuses their end so.
                http.RefusesChunks |= inChunks && session.Offset >= _blob.Size;
                return UploadEnd.Unknown;
            case HttpStatusCode.RequestEntityTooLarge when Shrink(session):
                return UploadEnd.None;
            // Not every registry takes chunks, and not each that fails says why: they get the whole once more.
            case HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented when inChunks && http.Chunk == 0:
                http.RefusesChunks = true;
                LastWords = RegistryErrors.Said(doing, response, cancellationToken);
                return UploadEnd.Unknown;
            // A PUT that failed before may have left some of its bytes.
            case HttpStatusCode.BadRequest when _failures > 0:
                LastWords = RegistryErrors.Said(doing, response, cancellationToken);
                return UploadEnd.Broken;
            default:
                throw RegistryErrors.From(doing, response, http.CredentialOf(scope), cancellationToken);
        }
    }

    // A proxy before the registry has its own idea of how large a request may be, and does not say which.
    private bool Shrink(UploadSession session)
    {
        var before = session.Chunk == 0 ? Math.Min(_blob.Size, UsualChunk * 2) : session.Chunk;
        var chunk = Math.Max(before / 2, session.LeastChunk);
        if (chunk >= before || chunk < SmallestChunk)
        {
            return false;
        }

        http.Chunk = session.Chunk = chunk;
        return true;
    }

    private UploadEnd Follow(UploadSession session, HttpResponseMessage response)
    {
        var before = session.Offset;
        session.Follow(response, Math.Min(session.Offset + session.Chunk, _blob.Size), location => http.Next(session.Location, location, doing));
        if (session.Offset <= before || session.Offset > _blob.Size)
        {
            throw RegistryErrors.Protocol(doing, $"the registry has {session.Offset} bytes after it was sent more than {before}");
        }

        _failures = 0;
        return UploadEnd.None;
    }

    private UploadEnd Told(UploadEnd end)
    {
        if (end == UploadEnd.Done)
        {
            Tell(_blob.Size);
        }

        return end;
    }

    // The whole is there when the registry says so: what has gone from here may still be on its way.
    private Action<long>? Watch(long from) => http.Options.Progress is null ? null : sent => Tell(Math.Min(from + sent, _blob.Size - 1));

    private void Tell(long done) => http.Options.Progress?.Report(new BlobProgress(_blob.Digest, IsUpload: true, done, _blob.Size));

    private RegistryRequest End(UploadSession session) => new(HttpMethod.Put, session.End(_blob.Digest), doing)
    {
        Scope = scope,
        Once = true,
        Content = token => session.Chunk > 0
            ? new ByteArrayContent([])
            : new ProgressContent(
                new SizedStream(request.Source.OpenAsync(_blob, 0, token).AsTask().GetAwaiter().GetResult(), _blob), _blob.Size, "application/octet-stream")
            {
                Sent = Watch(0),
            },
    };

    private RegistryRequest Next(UploadSession session)
    {
        var (from, count) = (session.Offset, Math.Min(session.Chunk, _blob.Size - session.Offset));
        return new RegistryRequest(HttpMethod.Patch, session.Location, doing)
        {
            Scope = scope,
            Once = true,
            Content = token =>
            {
                var rest = request.Source.OpenAsync(_blob, from, token).AsTask().GetAwaiter().GetResult();
                var content = new ProgressContent(new PieceStream(rest, count, _blob), count, "application/octet-stream") { Sent = Watch(from) };
                // Not the header of RFC 9110: it has no unit and no total.
                content.Headers.TryAddWithoutValidation("Content-Range", $"{from}-{from + count - 1}");
                return content;
            },
        };
    }
}
