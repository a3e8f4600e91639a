namespace Containerize.Tool.Doctor;

/// <summary>Whether a registry answers.</summary>
internal static class RegistryCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    internal static async Task<Finding> LookAsync(string registry, CancellationToken token)
    {
        var subject = $"registry {registry}";
        var local = registry.StartsWith("localhost", StringComparison.Ordinal) || registry.StartsWith("127.", StringComparison.Ordinal);
        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(new Uri($"{(local ? "http" : "https")}://{registry}/v2/"), HttpCompletionOption.ResponseHeadersRead, token);
            return (int)answer.StatusCode is 200 or 401 or 403
                ? Finding.Good(subject, $"it answers ({(int)answer.StatusCode})")
                : Finding.Lacks(subject, $"it answers with {(int)answer.StatusCode}, which no registry does", $"curl -v https://{registry}/v2/");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or UriFormatException && !token.IsCancellationRequested)
        {
            return Finding.Lacks(subject, $"it does not answer: {(e.InnerException ?? e).Message.TrimEnd('.')}", "export HTTPS_PROXY=http://proxy.example:3128");
        }
    }
}
