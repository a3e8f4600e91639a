using System.Text.Json;

namespace Containerize.Registries.Credentials.Clouds;

/// <summary>Asks a cloud's own service for a credential: one POST, its answer JSON.</summary>
internal sealed class CloudRequest(RegistryOptions options)
{
    private const int MaxBytes = 1024 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The answer of 200; CTZ4021 for everything else.</summary>
    /// <param name="doing">What is done, for the error.</param>
    /// <param name="uri">The service: https, or on this machine.</param>
    /// <param name="content">What is sent.</param>
    /// <param name="headers">Headers beside those of the content.</param>
    /// <exception cref="ContainerizeException">CTZ4021.</exception>
    internal JsonElement Post(string doing, Uri uri, HttpContent content, params (string Name, string Value)[] headers)
    {
        if (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && RegistryEndpoint.IsLoopback(uri)))
        {
            throw Failed(doing, $"{uri.Host} is not asked over https");
        }

        try
        {
            using var client = new HttpClient(options.CloudHandler?.Invoke() ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Limit };
            using var message = new HttpRequestMessage(HttpMethod.Post, uri) { Content = content };
            message.Headers.TryAddWithoutValidation("User-Agent", "containerize");
            foreach (var (name, value) in headers)
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = client.Send(message, HttpCompletionOption.ResponseHeadersRead);
            var body = RegistryHttp.ReadBody(response, MaxBytes, Limit, doing, CancellationToken.None);
            if (!response.IsSuccessStatusCode)
            {
                // The answer may repeat what it was sent.
                throw Failed(doing, $"{uri.Host} answered {(int)response.StatusCode} {response.StatusCode}");
            }

            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw Failed(doing, $"the answer of {uri.Host} is no JSON");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            throw Failed(doing, e is TaskCanceledException ? $"{uri.Host} did not answer in {Limit.TotalSeconds:0} seconds" : e.Message.TrimEnd('.'));
        }
    }

    /// <summary>A text of an answer; CTZ4021 where it is not there.</summary>
    internal static string Text(JsonElement answer, string name, string doing) =>
        answer.TextOf(name) is { Length: > 0 } text ? text : throw Failed(doing, $"the answer has no {name}");

    /// <summary>CTZ4021.</summary>
    internal static ContainerizeException Failed(string doing, string why) =>
        new(4021, doing, why, "Check the keys in the environment, or log in another way: dotnet containerize login.");
}
