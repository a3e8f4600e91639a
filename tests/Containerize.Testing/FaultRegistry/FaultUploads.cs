using System.Globalization;
using Containerize.Oci;
using Microsoft.AspNetCore.Http;

namespace Containerize.Testing;

/// <summary>Uploads: POST opens one or mounts, PATCH adds a chunk, PUT ends it, GET says how far it is, DELETE gives it up.</summary>
internal sealed class FaultUploads(RegistryContent content, RegistryQuirks quirks)
{
    private int _writing;

    internal async Task AnswerAsync(HttpContext context, string repository, string id)
    {
        if (id.Length == 0)
        {
            await (context.Request.Method == "POST" ? OpenAsync(context, repository) : FaultAnswers.ErrorAsync(context, 405, "UNSUPPORTED", context.Request.Method));
            return;
        }

        if (content.Upload(id, repository) is not { } session)
        {
            await FaultAnswers.ErrorAsync(context, 404, "BLOB_UPLOAD_UNKNOWN", id);
            return;
        }

        var method = context.Request.Method;
        if (quirks.StatefulLocation && context.Request.Query["_state"] != State(session) && (method != "GET" || quirks.ForgetsOnOldState) && method != "DELETE")
        {
            if (quirks.ForgetsOnOldState)
            {
                content.Close(session);
            }

            await FaultAnswers.ErrorAsync(context, 404, "BLOB_UPLOAD_INVALID", "the state is an old one");
            return;
        }

        await (method switch
        {
            "GET" => AnswerAsync(context, session, 204),
            "PATCH" => WriteAsync(context, () => PatchAsync(context, session)),
            "PUT" => WriteAsync(context, () => PutAsync(context, session)),
            "DELETE" => DeleteAsync(context, session),
            _ => FaultAnswers.ErrorAsync(context, 405, "UNSUPPORTED", method),
        });
    }

    private static string State(FaultUpload session) => session.Length.ToString(CultureInfo.InvariantCulture);

    private async Task OpenAsync(HttpContext context, string repository)
    {
        var query = context.Request.Query;
        if (query["mount"].FirstOrDefault() is { } mount)
        {
            var from = query["from"].FirstOrDefault();
            if (from is null && quirks.MountNeedsFrom)
            {
                await FaultAnswers.ErrorAsync(context, 400, "INVALID_REQUEST", "from is missing");
                return;
            }

            var blob = Digest.TryParse(mount, out var mounted) && !quirks.RefusesMounts
                ? from is null ? content.Blob(mounted) : content.Has(from) ? content.Repository(from).Blob(mounted) : null
                : null;
            if (blob is not null)
            {
                content.Repository(repository).Add(mounted!, blob);
                Created(context, repository, mounted!);
                return;
            }
        }

        await AnswerAsync(context, content.Open(repository), 202);
    }

    private async Task PatchAsync(HttpContext context, FaultUpload session)
    {
        var request = context.Request;
        session.Patches++;
        if (quirks.Chunks == ChunkHabit.NoPatch)
        {
            await RefuseAsync(context, 405, "UNSUPPORTED", "no PATCH here");
            return;
        }

        if (quirks.Chunks == ChunkHabit.SecondRefused && session.Patches > 1)
        {
            await RefuseAsync(context, 400, "BLOB_UPLOAD_INVALID", "one PATCH and no more");
            return;
        }

        if (session.Patches > 1 && session.LastChunk < quirks.LeastChunk)
        {
            await RefuseAsync(context, 400, "SIZE_INVALID", "a chunk that is not the last was too small");
            return;
        }

        if (!await IsInOrderAsync(context, session))
        {
            return;
        }

        var taken = await session.AppendAsync(request.Body, quirks.Chunks != ChunkHabit.LaterDropped || session.Patches == 1, context.RequestAborted);
        session.LastChunk = taken;
        await (request.ContentLength is { } length && length != taken
            ? FaultAnswers.ErrorAsync(context, 400, "SIZE_INVALID", "another length than was said")
            : AnswerAsync(context, session, quirks.PatchStatus));
    }

    private async Task PutAsync(HttpContext context, FaultUpload session)
    {
        if (!Digest.TryParse(context.Request.Query["digest"], out var digest))
        {
            await RefuseAsync(context, 400, "DIGEST_INVALID", "digest is missing");
            return;
        }

        if (!await IsInOrderAsync(context, session))
        {
            return;
        }

        var before = session.Length;
        await session.AppendAsync(context.Request.Body, keep: true, context.RequestAborted);
        if (session.Patches > 0 && quirks.Chunks == ChunkHabit.EndInvalid)
        {
            content.Close(session);
            await FaultAnswers.ErrorAsync(context, 404, "BLOB_UPLOAD_INVALID", "no chunks here");
            return;
        }

        var bytes = session.ToArray();
        content.Close(session);
        if (Digest.Of(bytes) != digest || (session.Patches > 0 && quirks.Chunks == ChunkHabit.DigestDiffers))
        {
            await FaultAnswers.ErrorAsync(context, 400, "DIGEST_INVALID", $"{bytes.Length} bytes, {before} of them from before, are another digest");
            return;
        }

        content.Repository(session.Repository).Add(digest, bytes);
        Created(context, session.Repository, digest);
    }

    private Task DeleteAsync(HttpContext context, FaultUpload session)
    {
        content.Close(session);
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    // A chunk says where it belongs: what is out of order is 416 (specification, "Pushing a blob in chunks").
    private async Task<bool> IsInOrderAsync(HttpContext context, FaultUpload session)
    {
        var request = context.Request;
        if (request.Headers.ContentRange.ToString() is not { Length: > 0 } range)
        {
            return true;
        }

        var ends = range.Split('-');
        if (ends.Length == 2
            && long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && long.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && first == session.Length
            && request.ContentLength == last - first + 1)
        {
            return true;
        }

        await AnswerAsync(context, session, 416);
        return false;
    }

    private async Task WriteAsync(HttpContext context, Func<Task> write)
    {
        var writing = Interlocked.Increment(ref _writing);
        try
        {
            if (writing > quirks.ParallelUploads)
            {
                context.Response.Headers.RetryAfter = "0";
                await RefuseAsync(context, 429, "TOOMANYREQUESTS", "too many uploads at once");
            }
            else if (context.Request.ContentLength > quirks.LargestBody)
            {
                context.Response.Headers.Connection = "close";
                context.Response.StatusCode = 413;
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html><head><title>413 Request Entity Too Large</title></head></html>");
            }
            else
            {
                await write();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    private static async Task RefuseAsync(HttpContext context, int status, string code, string message)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        await FaultAnswers.ErrorAsync(context, status, code, message);
    }

    private Task AnswerAsync(HttpContext context, FaultUpload session, int status)
    {
        var response = context.Response;
        response.StatusCode = status;
        var root = quirks.AbsoluteLocation ? $"{context.Request.Scheme}://{context.Request.Host}" : "";
        response.Headers.Location = $"{root}/v2/{session.Repository}/blobs/uploads/{session.Id}{(quirks.StatefulLocation ? $"?_state={State(session)}" : "")}";
        response.Headers.Range = string.Create(CultureInfo.InvariantCulture, $"0-{Math.Max(0, session.Length - 1)}");
        response.Headers["Docker-Upload-UUID"] = session.Id;
        if (quirks.LeastChunk > 0 && !quirks.HidesLeastChunk)
        {
            response.Headers["OCI-Chunk-Min-Length"] = quirks.LeastChunk.ToString(CultureInfo.InvariantCulture);
        }

        return Task.CompletedTask;
    }

    private static void Created(HttpContext context, string repository, Digest digest)
    {
        context.Response.StatusCode = 201;
        context.Response.Headers.Location = $"/v2/{repository}/blobs/{digest}";
        context.Response.Headers["Docker-Content-Digest"] = digest.ToString();
    }
}
