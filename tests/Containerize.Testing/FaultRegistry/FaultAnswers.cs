using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Containerize.Testing;

/// <summary>Answers in the specification's form.</summary>
internal static class FaultAnswers
{
    internal static Task ErrorAsync(HttpContext context, int status, string code, string message) =>
        JsonAsync(context, status, new { errors = new[] { new { code, message } } });

    internal static async Task JsonAsync(HttpContext context, int status, object value, string type = "application/json")
    {
        context.Response.StatusCode = status;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value);
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes);
        }
    }
}
