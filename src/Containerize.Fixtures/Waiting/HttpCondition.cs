using System.Net;

namespace Containerize.Testing.Waiting;

/// <summary>A GET that is answered with a status.</summary>
internal sealed class HttpCondition(string path, HttpStatusCode status, int? port) : WaitCondition
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    internal override ConditionCheck Begin(StartedContainer container)
    {
        // A redirection is an answer.
        var client = container.Own(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = Patience });
        return async token =>
        {
            if (container.ExitCode is not null)
            {
                return $"GET {path} was not answered";
            }

            var address = new Uri(container.AddressOf(port), path);
            try
            {
                using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, token);
                return answer.StatusCode == status ? null : $"GET {path} is answered with {(int)answer.StatusCode} instead of {(int)status}";
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !token.IsCancellationRequested))
            {
                return $"GET {path} is not answered";
            }
        };
    }
}
