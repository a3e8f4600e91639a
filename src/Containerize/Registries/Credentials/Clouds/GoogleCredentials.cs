using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Registries.Credentials.Clouds;

/// <summary>
/// An access token of Google for the key of a service account (RFC 7523,
/// <see href="https://developers.google.com/identity/protocols/oauth2/service-account"/>), which its registries take as a password.
/// </summary>
internal sealed class GoogleCredentials(RegistryOptions options) : ICredentialSource
{
    private const string Variable = "GOOGLE_APPLICATION_CREDENTIALS";
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    public RegistryCredential? Find(CredentialQuery query)
    {
        var registry = query.Registry;
        if (!(registry == "gcr.io" || registry.EndsWith(".gcr.io", StringComparison.Ordinal) || registry.EndsWith(".pkg.dev", StringComparison.Ordinal))
            || options.Environment(Variable) is not { Length: > 0 } path)
        {
            return null;
        }

        var doing = $"logging in to {registry} with {Variable}";
        var account = Read(path, doing);
        if (CloudRequest.Text(account, "type", doing) != "service_account")
        {
            throw CloudRequest.Failed(doing, $"{path} is not the key of a service account");
        }

        var uri = CloudRequest.Text(account, "token_uri", doing);
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var service))
        {
            throw CloudRequest.Failed(doing, $"the token_uri of {path} is no address");
        }

        var statement = Statement(CloudRequest.Text(account, "client_email", doing), uri, CloudRequest.Text(account, "private_key", doing), path, doing);
        var answer = new CloudRequest(options).Post(doing, service, new FormUrlEncodedContent(
            [new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), new("assertion", statement)]));
        return new RegistryCredential("oauth2accesstoken", new Secret(CloudRequest.Text(answer, "access_token", doing)), Variable);
    }

    private static JsonElement Read(string path, string doing)
    {
        try
        {
            var bytes = AtomicFile.TryRead(path, OciJson.MaxDocumentBytes) ?? throw CloudRequest.Failed(doing, $"{path} does not exist");
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8 });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw CloudRequest.Failed(doing, $"{path} is not valid JSON");
        }
    }

    private string Statement(string account, string audience, string pem, string path, string doing)
    {
        var now = options.Time.GetUtcNow().ToUnixTimeSeconds();
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("iss", account);
            json.WriteString("scope", Scope);
            json.WriteString("aud", audience);
            json.WriteNumber("iat", now);
            json.WriteNumber("exp", now + 3600);
            json.WriteEndObject();
        }

        var signed = $"{Base64Url.EncodeToString("""{"alg":"RS256","typ":"JWT"}"""u8)}.{Base64Url.EncodeToString(text.ToArray())}";
        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(pem);
            return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw CloudRequest.Failed(doing, $"the private_key of {path} is not an RSA key in PEM");
        }
    }
}
