using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Containerize.Registries.Credentials.Clouds;

/// <summary>
/// A password of Amazon's registries for the keys in the environment (GetAuthorizationToken,
/// <see href="https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html"/>).
/// </summary>
internal sealed partial class AmazonCredentials(RegistryOptions options) : ICredentialSource
{
    private const string PublicRegistry = "public.ecr.aws";

    public RegistryCredential? Find(CredentialQuery query)
    {
        if (ServiceOf(query.Registry) is not { } service
            || options.Environment("AWS_ACCESS_KEY_ID") is not { Length: > 0 } key
            || options.Environment("AWS_SECRET_ACCESS_KEY") is not { Length: > 0 } secret)
        {
            return null;
        }

        var doing = $"logging in to {query.Registry} with AWS_ACCESS_KEY_ID";
        var signer = new AmazonSignature(key, new Secret(secret), options.Environment("AWS_SESSION_TOKEN"), options.Time);
        var uri = new Uri(Endpoint(service));
        const string Body = "{}";
        var content = new StringContent(Body, new MediaTypeHeaderValue(AmazonSignature.ContentType));
        var headers = signer.Sign(uri, Body, service.Region, service.Name, ("x-amz-target", $"{service.Target}.GetAuthorizationToken"));
        var answer = new CloudRequest(options).Post(doing, uri, content, [.. headers]);
        return Decode(answer, doing);
    }

    private static AmazonService? ServiceOf(string registry)
    {
        if (registry == PublicRegistry)
        {
            return new AmazonService("ecr-public", "us-east-1", "SpencerFrontendService", "https://api.ecr-public.us-east-1.amazonaws.com/");
        }

        var match = PrivateRegistry().Match(registry);
        return match.Success
            ? new AmazonService("ecr", match.Groups["region"].Value, "AmazonEC2ContainerRegistry_V20150921",
                $"https://api.ecr.{match.Groups["region"].Value}.amazonaws.com{match.Groups["china"].Value}/")
            : null;
    }

    private string Endpoint(AmazonService service)
    {
        // As the SDKs of Amazon have it: for one service, or for all.
        string?[] given = [options.Environment("AWS_ENDPOINT_URL_" + service.Name.ToUpperInvariant().Replace('-', '_')), options.Environment("AWS_ENDPOINT_URL")];
        return given.FirstOrDefault(e => !string.IsNullOrEmpty(e)) ?? service.Endpoint;
    }

    // The private service answers with a list, the public one with one.
    private static RegistryCredential Decode(JsonElement answer, string doing)
    {
        var data = answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("authorizationData", out var found) ? found : default;
        if (data.ValueKind == JsonValueKind.Array && data.GetArrayLength() > 0)
        {
            data = data[0];
        }

        var token = CloudRequest.Text(data, "authorizationToken", doing);
        var bytes = new byte[token.Length];
        var pair = Convert.TryFromBase64String(token, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
        var colon = pair.IndexOf(':');
        return colon > 0
            ? new RegistryCredential(pair[..colon], new Secret(pair[(colon + 1)..]), "AWS_ACCESS_KEY_ID")
            : throw CloudRequest.Failed(doing, "the authorizationToken is not of the form user:password in base64");
    }

    [GeneratedRegex(@"^\d{12}\.dkr[.-]ecr(-fips)?\.(?<region>[a-z0-9-]+)\.(amazonaws\.com(?<china>\.cn)?|on\.(aws|amazonwebservices\.com\.cn))$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PrivateRegistry();

    private sealed record AmazonService(string Name, string Region, string Target, string Endpoint);
}
