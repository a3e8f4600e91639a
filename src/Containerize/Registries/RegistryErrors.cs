using System.Net;
using System.Text;
using System.Text.Json;
using Containerize.Registries.Credentials;

namespace Containerize.Registries;

/// <summary>The failures of registries, with their own words, cut and made harmless.</summary>
internal static class RegistryErrors
{
    private const int MaxWords = 1024;
    private const string StalledAdvice = "Try again; if it stays so, look at the registry and the network.";

    /// <summary>CTZ4002: no connection, or it broke again and again.</summary>
    internal static ContainerizeException Unreachable(string doing, Exception e) => new(
        4002,
        doing,
        e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            ? $"no trusted TLS connection can be made ({TlsReason(e)})"
            : e.Message.TrimEnd('.'),
        e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            ? "Put the certificate of its authority into /etc/containers/certs.d/REGISTRY/ca.crt; one without TLS must be marked insecure, in registries.conf or in DOTNET_CONTAINER_INSECURE_REGISTRIES."
            : "Check the registry's name, the network and the proxy.",
        e);

    // OpenSSL's and Schannel's words for an answer that is no TLS say nothing to anybody.
    private static string TlsReason(Exception e)
    {
        var words = (e.InnerException ?? e).Message.TrimEnd('.');
        return words.Contains("frame size", StringComparison.Ordinal) || words.Contains("frame was received", StringComparison.Ordinal) ? "it speaks no TLS, but perhaps plain http" : words;
    }

    /// <summary>CTZ4002 or CTZ4003: no answer came, however often it was tried.</summary>
    internal static ContainerizeException NoAnswer(string doing, Exception e, int tries, TimeSpan limit) => e.InnerException is ContainerizeException known
        ? tries > 1 && known.Number == 4003 ? new ContainerizeException(4003, doing, $"nothing came or went for {limit.TotalSeconds:0} seconds, {tries} times", StalledAdvice, known) : known
        : Unreachable(doing, e);

    /// <summary>CTZ4003: nothing moved for too long.</summary>
    internal static ContainerizeException Stalled(string doing, TimeSpan limit, Exception? e = null) =>
        new(4003, doing, $"nothing came or went for {limit.TotalSeconds:0} seconds", StalledAdvice, e);

    /// <summary>CTZ4008: what the registry does is against the protocol, or against safety.</summary>
    internal static ContainerizeException Protocol(string doing, string why) => new(4008, doing, why, "Tell those who run the registry.");

    /// <summary>What a registry answered, in its own words.</summary>
    internal static string Said(string doing, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var words = Words(response, doing, cancellationToken);
        return $"the registry answered {(int)response.StatusCode} {response.StatusCode}{(words.Length == 0 ? "" : $": {words}")}";
    }

    /// <summary>The failure that an answer means.</summary>
    /// <param name="doing">What was being done.</param>
    /// <param name="response">The answer.</param>
    /// <param name="credential">What was sent with it; null for nothing.</param>
    /// <param name="cancellationToken">Ends the reading of its words.</param>
    /// <param name="registry">The registry's name, where not it but its token server answers.</param>
    internal static ContainerizeException From(
        string doing, HttpResponseMessage response, RegistryCredential? credential, CancellationToken cancellationToken, string? registry = null)
    {
        var said = Said(doing, response, cancellationToken);
        var host = CredentialFile.RegistryOf(registry ?? response.RequestMessage?.RequestUri?.Authority ?? "");
        var who = credential is null ? "no credentials were found for it" : $"the credentials are from {credential.Origin}";
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new ContainerizeException(
                4004, doing, $"{said}; {who}", $"Log in: dotnet containerize login {host}. Or set {VariableCredentials.NamesFor(host)}."),
            HttpStatusCode.NotFound => new ContainerizeException(
                4005, doing, said, "Check the name and the tag; a private repository may also answer so to those who are not logged in."),
            HttpStatusCode.TooManyRequests => new ContainerizeException(
                4007, doing, $"{said} ({host} was asked {RegistryRetry.Tries} times{Limits(response)})", "Wait, log in for a higher limit, or use a mirror."),
            >= HttpStatusCode.InternalServerError => new ContainerizeException(4007, doing, said, "Try again later; if it stays so, look at the registry."),
            _ => new ContainerizeException(4006, doing, said, "See what the registry says, and docs/errors.md."),
        };
    }

    // https://docs.docker.com/docker-hub/usage/pulls/ and the drafts of the IETF: ratelimit-limit, ratelimit-remaining, ratelimit-reset.
    private static string Limits(HttpResponseMessage response)
    {
        var limits = new StringBuilder();
        foreach (var name in new[] { "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset" })
        {
            if (response.Headers.NonValidated.TryGetValues(name, out var values))
            {
                limits.Append($", {name}: {Clean(values.ToString())}");
            }
        }

        return limits.ToString();
    }

    private static string Clean(string text)
    {
        var clean = string.Join(' ', new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return (clean.Length <= MaxWords ? clean : clean[..MaxWords] + "...").TrimEnd('.');
    }

    // "CODE: message" of the registry's JSON, else the text; at most 1 KB, with no control characters that could draw on a terminal.
    private static string Words(HttpResponseMessage response, string doing, CancellationToken cancellationToken)
    {
        byte[] body;
        try
        {
            body = RegistryHttp.ReadBody(response, 16 * 1024, TimeSpan.FromSeconds(10), doing, cancellationToken);
        }
        catch (ContainerizeException)
        {
            return ""; // the answer's code says enough
        }

        return Clean(Messages(body) ?? Encoding.UTF8.GetString(body));
    }

    private static string? Messages(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("errors", out var errors)
                && errors.ValueKind == JsonValueKind.Array
                ? string.Join("; ", errors.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object).Select(e => $"{e.TextOf("code")}: {e.TextOf("message")}"))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
