using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Containerize.Registries.Credentials.Clouds;

/// <summary>Signature version 4 of a POST to an Amazon service (<see href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html"/>).</summary>
/// <param name="key">The access key's id.</param>
/// <param name="secret">The access key.</param>
/// <param name="session">The session token of temporary keys; null or empty: none.</param>
/// <param name="time">The clock.</param>
internal sealed class AmazonSignature(string key, Secret secret, string? session, TimeProvider time)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    /// <summary>The type of what is sent, which is signed too.</summary>
    internal const string ContentType = "application/x-amz-json-1.1";

    /// <summary>All headers that the request needs, the signature among them.</summary>
    internal List<(string Name, string Value)> Sign(Uri uri, string body, string region, string service, params (string Name, string Value)[] more)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var stamp = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{stamp[..8]}/{region}/{service}/aws4_request";
        List<(string Name, string Value)> headers = [("x-amz-date", stamp), .. more];
        if (!string.IsNullOrEmpty(session))
        {
            headers.Add(("x-amz-security-token", session));
        }

        var signed = headers.Concat([("host", uri.Authority), ("content-type", ContentType)]).OrderBy(h => h.Item1, StringComparer.Ordinal).ToList();
        var names = string.Join(';', signed.Select(h => h.Item1));
        var canonical = $"POST\n{uri.AbsolutePath}\n{uri.Query.TrimStart('?')}\n{string.Concat(signed.Select(h => $"{h.Item1}:{h.Item2.Trim()}\n"))}\n{names}\n{Hash(body)}";
        var text = $"{Algorithm}\n{stamp}\n{scope}\n{Hash(canonical)}";
        var signature = Convert.ToHexStringLower(Mac(SigningKey(stamp[..8], region, service), text));
        headers.Add(("Authorization", $"{Algorithm} Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"));
        return headers;
    }

    private byte[] SigningKey(string date, string region, string service)
    {
        var day = Mac(Encoding.UTF8.GetBytes("AWS4" + secret.Reveal()), date);
        return Mac(Mac(Mac(day, region), service), "aws4_request");
    }

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
