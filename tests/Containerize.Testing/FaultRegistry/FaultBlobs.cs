using System.Globalization;
using System.Net.Http.Headers;
using Containerize.Oci;
using Microsoft.AspNetCore.Http;

namespace Containerize.Testing;

/// <summary>Blobs: HEAD, GET (with Range), DELETE.</summary>
internal sealed class FaultBlobs(RegistryContent content, RegistryQuirks quirks)
{
    internal async Task AnswerAsync(HttpContext context, string repository, string text)
    {
        if (!Digest.TryParse(text, out var digest))
        {
            await FaultAnswers.ErrorAsync(context, 400, "DIGEST_INVALID", text);
            return;
        }

        if (!content.Has(repository) || content.Repository(repository).Blob(digest) is not { } bytes)
        {
            await FaultAnswers.ErrorAsync(context, 404, "BLOB_UNKNOWN", text);
            return;
        }

        switch (context.Request.Method)
        {
            case "HEAD":
            case "GET":
                await SendAsync(context, digest, bytes);
                break;
            case "DELETE":
                content.Repository(repository).Lose(digest);
                context.Response.StatusCode = 202;
                break;
            default:
                await FaultAnswers.ErrorAsync(context, 405, "UNSUPPORTED", context.Request.Method);
                break;
        }
    }

    private async Task SendAsync(HttpContext context, Digest digest, byte[] bytes)
    {
        var response = context.Response;
        var from = 0L;
        var to = bytes.Length - 1L;
        if (!quirks.IgnoresRange && RangeHeaderValue.TryParse(context.Request.Headers.Range, out var range) && range.Ranges.Single() is { From: { } first } asked)
        {
            if (first >= bytes.Length)
            {
                response.Headers.ContentRange = $"bytes */{bytes.Length}";
                await FaultAnswers.ErrorAsync(context, 416, "SIZE_INVALID", "the range cannot be satisfied");
                return;
            }

            (from, to) = (first, Math.Min(asked.To ?? to, to));
            response.StatusCode = 206;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{to}/{bytes.Length}");
        }

        response.ContentType = "application/octet-stream";
        response.Headers["Docker-Content-Digest"] = digest.ToString();
        response.Headers.AcceptRanges = "bytes";
        response.ContentLength = to - from + 1;
        if (context.Request.Method == "GET")
        {
            await response.Body.WriteAsync(bytes.AsMemory((int)from, (int)(to - from + 1)), context.RequestAborted);
        }
    }
}
