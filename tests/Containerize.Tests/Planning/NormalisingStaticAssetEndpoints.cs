using System.Text;
using Containerize.Planning;
using Xunit;

namespace Containerize.Tests.Planning;

public class NormalisingStaticAssetEndpoints
{
    private const string Endpoints =
        """
        {"Version":1,"Endpoints":[{"Route":"a.css","ResponseHeaders":[{"Name":"ETag","Value":"\"x\""},
        {"Name":"Last-Modified","Value":"TIME"},{"Name":"Cache-Control","Value":"no-cache"}],"EndpointProperties":[{"Name":"Value","Value":"Last-Modified"}]}]}
        """;

    [Fact]
    public void FixesTheTimesAndNothingElse() =>
        Assert.Equal(
            Endpoints.Replace("TIME", "Thu, 01 Jan 1970 00:00:01 GMT", StringComparison.Ordinal),
            Normalise(Endpoints.Replace("TIME", "Tue, 24 Nov 2026 04:00:00 GMT", StringComparison.Ordinal)));

    [Fact]
    public void GivesTheSameTwice() => Assert.Equal(Normalise(Endpoints), Normalise(Normalise(Endpoints)!));

    [Fact]
    public void LeavesWhatIsNoSuchListAlone() => Assert.Null(Normalise("{\"Endpoints\": [oops"));

    private static string? Normalise(string json) => StaticAssetEndpoints.Normalise(Encoding.UTF8.GetBytes(json)) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
