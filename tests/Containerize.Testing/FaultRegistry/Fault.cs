using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Containerize.Testing;

/// <summary>What a registry does instead of, or around, its answer.</summary>
public sealed class Fault
{
    private readonly Func<HttpContext, Func<Task>, Task> _run;

    private Fault(Func<HttpContext, Func<Task>, Task> run) => _run = run;

    /// <summary>Reads the request and answers with this code.</summary>
    /// <param name="status">The code.</param>
    /// <param name="body">The body; JSON where it begins with a brace, else HTML.</param>
    /// <param name="headers">Headers: name, value, name, value.</param>
    public static Fault Answer(int status, string body = "", params string[] headers) => new(async (context, _) =>
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        await AnswerAsync(context, status, body, headers);
    });

    /// <summary>Answers before it has read the request's body, and reads nothing of it.</summary>
    public static Fault AnswerEarly(int status, string body = "", params string[] headers) => new(async (context, _) =>
    {
        context.Response.Headers.Connection = "close";
        await AnswerAsync(context, status, body, headers);
    });

    /// <summary>The answer of a registry whose errors are in the specification's form.</summary>
    public static Fault Error(int status, string code, string message = "as the test says") =>
        Answer(status, $$"""{"errors":[{"code":"{{code}}","message":"{{message}}"}]}""");

    /// <summary>Sends the request on.</summary>
    public static Fault Redirect(string location, int status = 307) => AnswerEarly(status, "", "Location", location);

    /// <summary>Takes so many bytes of the request's body, keeps them, and cuts the connection.</summary>
    public static Fault CutRequest(long bytes) => new((context, next) =>
    {
        ((CountedBody)context.Request.Body).Limit(bytes, () => CutAsync(context));
        return next();
    });

    /// <summary>Takes so many bytes of the request's body, and nothing more.</summary>
    public static Fault StallRequest(long bytes) => new((context, next) =>
    {
        ((CountedBody)context.Request.Body).Limit(bytes, () => StandStillAsync(context));
        return next();
    });

    /// <summary>Takes the request's body in pieces, with something done before each.</summary>
    public static Fault SlowRequest(int piece, Func<Task> before) => new((context, next) =>
    {
        ((CountedBody)context.Request.Body).Slow(piece, before);
        return next();
    });

    /// <summary>Sends so many bytes of the answer's body and cuts the connection.</summary>
    public static Fault CutResponse(long bytes) => new(async (context, next) =>
    {
        var body = await BodyAsync(context, next);
        await SendAsync(context, body.AsMemory(0, (int)Math.Min(bytes, body.Length)));
        await CutAsync(context);
    });

    /// <summary>Sends so many bytes of the answer's body, and nothing more.</summary>
    public static Fault StallResponse(long bytes) => new(async (context, next) =>
    {
        var body = await BodyAsync(context, next);
        await SendAsync(context, body.AsMemory(0, (int)Math.Min(bytes, body.Length)));
        await StandStillAsync(context);
    });

    /// <summary>Sends the answer's body in pieces, with something done before each.</summary>
    public static Fault SlowResponse(int piece, Func<Task> before) => new(async (context, next) =>
    {
        var body = await BodyAsync(context, next);
        for (var at = 0; at < body.Length; at += piece)
        {
            await before();
            await SendAsync(context, body.AsMemory(at, Math.Min(piece, body.Length - at)));
        }
    });

    /// <summary>Changes one bit of the answer's body.</summary>
    public static Fault DamagedResponse() => new(async (context, next) =>
    {
        var body = await BodyAsync(context, next);
        body[^1] ^= 1;
        await SendAsync(context, body);
    });

    /// <summary>Says another digest than there is.</summary>
    public static Fault WrongDigest(string digest) => new((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            context.Response.Headers["Docker-Content-Digest"] = digest;
            return Task.CompletedTask;
        });
        return next();
    });

    /// <summary>Cuts the connection before anything is read.</summary>
    public static Fault Cut() => new((context, _) => CutAsync(context));

    /// <summary>Says nothing, ever.</summary>
    public static Fault Silence() => new((context, _) => StandStillAsync(context));

    /// <summary>Does what is asked, and cuts the connection instead of telling.</summary>
    public static Fault LoseAnswer() => new(async (context, next) =>
    {
        await BodyAsync(context, next);
        await CutAsync(context);
    });

    /// <summary>Answers properly, and closes the connection after it.</summary>
    public static Fault CloseAfter() => new((context, next) =>
    {
        context.Response.Headers.Connection = "close";
        return next();
    });

    /// <summary>Does something first.</summary>
    public static Fault After(Func<Task> something) => new(async (_, next) =>
    {
        await something();
        await next();
    });

    internal Task RunAsync(HttpContext context, Func<Task> next) => _run(context, next);

    private static async Task AnswerAsync(HttpContext context, int status, string body, string[] headers)
    {
        context.Response.StatusCode = status;
        for (var i = 0; i + 1 < headers.Length; i += 2)
        {
            context.Response.Headers.Append(headers[i], headers[i + 1]);
        }

        context.Response.ContentType = body.StartsWith('{') ? "application/json" : "text/html";
        context.Response.Headers.ContentLength = Encoding.UTF8.GetByteCount(body);
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.WriteAsync(body);
        }

        await context.Response.CompleteAsync();
    }

    // The real answer, with its body kept back.
    private static async Task<byte[]> BodyAsync(HttpContext context, Func<Task> next)
    {
        var response = context.Response.Body;
        using var kept = new MemoryStream();
        context.Response.Body = kept;
        await next();
        context.Response.Body = response;
        return kept.ToArray();
    }

    private static async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> bytes)
    {
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    // By a timer: without one nothing holds what waits here, and the collector closes its connection.
    private static Task StandStillAsync(HttpContext context) => Task.Delay(TimeSpan.FromHours(1), context.RequestAborted);

    private static async Task CutAsync(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            // What was sent is to arrive before the end.
            await Task.Delay(50);
        }

        ((RecordedRequest)context.Items[typeof(RecordedRequest)]!).IsCut = true;
        context.Abort();
    }

    /// <summary>An HTTP date, as Retry-After may have.</summary>
    public static string Date(DateTimeOffset time) => time.ToString("r", CultureInfo.InvariantCulture);
}
