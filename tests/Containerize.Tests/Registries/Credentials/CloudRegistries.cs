using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Containerize.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Containerize.Tests.Registries.Credentials;

/// <summary>The clouds' services are false ones on this machine, which say what they were asked.</summary>
public sealed class CloudRegistries : IDisposable
{
    private readonly List<string> _asked = [];
    private readonly Home _home;
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero));
    private Func<HttpRequestMessage, string, (int Status, string Body)> _answer = (_, _) => (404, "");

    public CloudRegistries() => _home = new Home { CloudHandler = () => new Service(this), Time = _clock };

    public void Dispose() => _home.Dispose();

    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html and the vectors get-vanilla, post-vanilla of its test suite.
    [Theory]
    [InlineData("GET", "/", "", "service", "host:example.amazonaws.com|x-amz-date:20150830T123600Z", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("POST", "/", "", "service", "host:example.amazonaws.com|x-amz-date:20150830T123600Z", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("GET", "/", "Action=ListUsers&Version=2010-05-08", "iam", "content-type:application/x-www-form-urlencoded; charset=utf-8|host:iam.amazonaws.com|x-amz-date:20150830T123600Z", "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")]
    public void OfAmazonAreCheckedByWhatKnowsItsVectors(string method, string path, string query, string service, string headers, string signature) =>
        Assert.Equal(signature, Signature(method, path, query, headers.Split('|'), "", "us-east-1", service));

    [Theory]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "https://api.ecr.eu-west-1.amazonaws.com/", "eu-west-1", "ecr", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken")]
    [InlineData("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "https://api.ecr.cn-north-1.amazonaws.com.cn/", "cn-north-1", "ecr", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken")]
    [InlineData("public.ecr.aws", "https://api.ecr-public.us-east-1.amazonaws.com/", "us-east-1", "ecr-public", "SpencerFrontendService.GetAuthorizationToken")]
    public void OfAmazonGiveAPasswordForSignedKeys(string registry, string address, string region, string service, string target)
    {
        AmazonKeys("");
        _answer = (request, body) =>
        {
            Assert.Equal(address, request.RequestUri!.AbsoluteUri);
            Assert.Equal("{}", body);
            var headers = new[] { "content-type:application/x-amz-json-1.1", $"host:{request.RequestUri.Authority}", "x-amz-date:20150830T123600Z", $"x-amz-target:{target}" };
            foreach (var header in headers.Where(h => h.StartsWith("x-", StringComparison.Ordinal)))
            {
                Assert.Equal(header.Split(':')[1], request.Headers.NonValidated[header.Split(':')[0]].ToString());
            }

            Assert.Equal("application/x-amz-json-1.1", request.Content!.Headers.ContentType!.ToString());
            Assert.Equal(
                $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/{region}/{service}/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
                + $"Signature={Signature("POST", "/", "", headers, body, region, service)}",
                request.Headers.NonValidated["Authorization"].ToString());
            var data = $$"""{"authorizationToken":"{{Home.Auth("AWS", "p:w")}}","expiresAt":1.5E9}""";
            return (200, service == "ecr" ? $$"""{"authorizationData":[{{data}}]}""" : $$"""{"authorizationData":{{data}}}""");
        };
        Assert.Equal("AWS:p:w", _home.Who(registry));
        Assert.Empty(_home.Said);
    }

    [Fact]
    public void OfAmazonSignTheSessionOfTemporaryKeys()
    {
        AmazonKeys("session+/=");
        _answer = (request, body) =>
        {
            string[] headers =
            [
                "content-type:application/x-amz-json-1.1", $"host:{request.RequestUri!.Authority}", "x-amz-date:20150830T123600Z", "x-amz-security-token:session+/=",
                "x-amz-target:AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
            ];
            Assert.EndsWith(Signature("POST", "/", "", headers, body, "eu-west-1", "ecr"), request.Headers.NonValidated["Authorization"].ToString(), StringComparison.Ordinal);
            Assert.Equal("session+/=", request.Headers.NonValidated["x-amz-security-token"].ToString());
            return (200, $$"""{"authorizationData":[{"authorizationToken":"{{Home.Auth("AWS", "p")}}"}]}""");
        };
        Assert.Equal("AWS:p", _home.Who("123456789012.dkr.ecr.eu-west-1.amazonaws.com"));
    }

    [Fact]
    public async Task OfAmazonAreAskedWhereTheVariableSays()
    {
        await using var service = await FaultRegistry.StartAsync();
        service.On("POST", "/").Always(Fault.Answer(200, $$"""{"authorizationData":[{"authorizationToken":"{{Home.Auth("AWS", "p")}}"}]}"""));
        using var home = new Home();
        home.Variables["AWS_ACCESS_KEY_ID"] = "k";
        home.Variables["AWS_SECRET_ACCESS_KEY"] = "s";
        home.Variables["AWS_ENDPOINT_URL_ECR"] = $"http://{service.Host}";
        Assert.Equal("AWS:p", home.Who("123456789012.dkr.ecr.eu-west-1.amazonaws.com"));
        Assert.Equal(["POST / 200"], service.Lines);
    }

    [Fact]
    public void OfAzureExchangeASecretForARefreshToken()
    {
        Azure();
        _home.Variables["AZURE_CLIENT_SECRET"] = "s/e+c";
        Assert.Equal("token:refresh", _home.Who("team.azurecr.io"));
        Assert.Equal(
            [
                "POST https://login.microsoftonline.com/the%20tenant/oauth2/v2.0/token grant_type=client_credentials&client_id=client&scope=https%3A%2F%2Fcontainerregistry.azure.net%2F.default&client_secret=s%2Fe%2Bc",
                "POST https://team.azurecr.io/oauth2/exchange grant_type=access_token&service=team.azurecr.io&tenant=the+tenant&access_token=entra",
            ],
            _asked);
    }

    [Fact]
    public void OfAzureExchangeTheTokenOfAClusterToo()
    {
        Azure();
        _home.Variables["AZURE_FEDERATED_TOKEN_FILE"] = _home.Write("token", "header.body.sign\n");
        _home.Variables["AZURE_AUTHORITY_HOST"] = "https://login.example/";
        Assert.Equal("token:refresh", _home.Who("team.azurecr.io"));
        Assert.Equal(
            "POST https://login.example/the%20tenant/oauth2/v2.0/token grant_type=client_credentials&client_id=client&scope=https%3A%2F%2Fcontainerregistry.azure.net%2F.default"
            + "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=header.body.sign",
            _asked[0]);
    }

    [Fact]
    public void OfGoogleGetAStatementSignedByTheAccount()
    {
        using var key = RSA.Create(2048);
        _home.Variables["GOOGLE_APPLICATION_CREDENTIALS"] = _home.Write("key.json", JsonSerializer.Serialize(new
        {
            type = "service_account",
            client_email = "robot@project.example",
            private_key = key.ExportPkcs8PrivateKeyPem(),
            token_uri = "https://oauth2.example/token",
        }));
        _answer = (_, body) =>
        {
            var form = body.Split('&').Select(p => p.Split('=')).ToDictionary(p => p[0], p => Uri.UnescapeDataString(p[1]));
            Assert.Equal("urn:ietf:params:oauth:grant-type:jwt-bearer", form["grant_type"]);
            var parts = form["assertion"].Split('.');
            Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
            Assert.Equal("""{"alg":"RS256","typ":"JWT"}""", Encoding.UTF8.GetString(Base64(parts[0])));
            var claims = JsonDocument.Parse(Base64(parts[1])).RootElement;
            Assert.Equal("robot@project.example", claims.GetProperty("iss").GetString());
            Assert.Equal("https://oauth2.example/token", claims.GetProperty("aud").GetString());
            Assert.Equal("https://www.googleapis.com/auth/cloud-platform", claims.GetProperty("scope").GetString());
            Assert.Equal(_clock.GetUtcNow().ToUnixTimeSeconds(), claims.GetProperty("iat").GetInt64());
            Assert.Equal(3600, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
            return (200, """{"access_token":"ya29","expires_in":3599}""");
        };
        foreach (var registry in new[] { "gcr.io", "eu.gcr.io", "europe-west1-docker.pkg.dev" })
        {
            Assert.Equal("oauth2accesstoken:ya29", _home.Who(registry));
        }

        Assert.Empty(_home.Said);
    }

    [Theory]
    [InlineData("{}", "the answer has no type")]
    [InlineData("""{"type":"authorized_user"}""", "is not the key of a service account")]
    [InlineData("""{"type":"service_account","token_uri":"http://oauth2.example/","client_email":"e","private_key":"KEY"}""", "oauth2.example is not asked over https")]
    [InlineData("""{"type":"service_account","token_uri":"https://oauth2.example/","client_email":"e","private_key":"canary-1"}""", "is not an RSA key in PEM")]
    [InlineData("canary-1", "is not valid JSON")]
    public void OfGoogleThatAreDamagedArePassedOverAndNotShown(string json, string why)
    {
        using var key = RSA.Create(2048);
        _home.Variables["GOOGLE_APPLICATION_CREDENTIALS"] = _home.Write("key.json", json.Replace("KEY", key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings("\\n"), StringComparison.Ordinal));
        Assert.Equal("nobody", _home.Who("gcr.io"));
        var line = Assert.Single(_home.Said);
        Assert.Contains(why, line, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-1", line, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Theory]
    [InlineData("ghcr.io", "actor:gh")]
    [InlineData("ghcr.io.example", "nobody")]
    [InlineData("docker.io", "nobody")]
    public void OfGitHubTakeTheTokenOfTheJob(string registry, string who)
    {
        _home.Variables["GITHUB_TOKEN"] = "gh";
        _home.Variables["GITHUB_ACTOR"] = "actor";
        Assert.Equal(who, _home.Who(registry));
    }

    // The keys are for no registry but the cloud's own.
    [Theory]
    [InlineData("r.example")]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example")]
    [InlineData("evil.example/123456789012.dkr.ecr.eu-west-1.amazonaws.com")]
    [InlineData("azurecr.io")]
    [InlineData("evilazurecr.io")]
    [InlineData("team.azurecr.io.evil.example")]
    [InlineData("evilgcr.io")]
    [InlineData("pkg.dev.evil.example")]
    public void AreToldApartFromOthers(string registry)
    {
        AmazonKeys("");
        Azure();
        _home.Variables["AZURE_CLIENT_SECRET"] = "s";
        _home.Variables["GITHUB_TOKEN"] = "gh";
        _home.Variables["GOOGLE_APPLICATION_CREDENTIALS"] = _home.Write("key.json", "{}");
        Assert.Equal("nobody", _home.Who(registry));
        Assert.Empty(_asked);
        Assert.Empty(_home.Said);
    }

    [Theory]
    [InlineData(403, "canary-1")]
    [InlineData(200, "canary-1")]
    [InlineData(200, "{}")]
    [InlineData(302, "")]
    [InlineData(500, "")]
    public void ThatRefuseArePassedOver(int status, string body)
    {
        AmazonKeys("");
        _answer = (_, _) => (status, body);
        Assert.Equal("nobody", _home.Who("public.ecr.aws"));
        var line = Assert.Single(_home.Said);
        Assert.StartsWith("logging in to public.ecr.aws with AWS_ACCESS_KEY_ID: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-1", line, StringComparison.Ordinal);
        Assert.DoesNotContain("wJalr", line, StringComparison.Ordinal);
    }

    private static byte[] Base64(string url) => Convert.FromBase64String(url.Replace('-', '+').Replace('_', '/').PadRight((url.Length + 3) / 4 * 4, '='));

    // Signature version 4, written down a second time from its description.
    private static string Signature(string method, string path, string query, string[] headers, string body, string region, string service)
    {
        string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();
        byte[] Sign(byte[] key, string text)
        {
            using var mac = new HMACSHA256(key);
            return mac.ComputeHash(Encoding.UTF8.GetBytes(text));
        }

        var names = string.Join(";", headers.Select(h => h[..h.IndexOf(':', StringComparison.Ordinal)]));
        var request = string.Join("\n", [method, path, query, .. headers, "", names, Hash(body)]);
        var toSign = string.Join("\n", "AWS4-HMAC-SHA256", "20150830T123600Z", $"20150830/{region}/{service}/aws4_request", Hash(request));
        var signing = new[] { "20150830", region, service, "aws4_request" }.Aggregate(Encoding.UTF8.GetBytes("AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), Sign);
        return string.Concat(Sign(signing, toSign).Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
    }

    private void AmazonKeys(string session)
    {
        _home.Variables["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
        _home.Variables["AWS_SECRET_ACCESS_KEY"] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        _home.Variables["AWS_SESSION_TOKEN"] = session;
    }

    private void Azure()
    {
        _home.Variables["AZURE_TENANT_ID"] = "the tenant";
        _home.Variables["AZURE_CLIENT_ID"] = "client";
        _answer = (request, _) => (200, request.RequestUri!.AbsolutePath.EndsWith("/exchange", StringComparison.Ordinal) ? """{"refresh_token":"refresh"}""" : """{"access_token":"entra"}""");
    }

    private sealed class Service(CloudRegistries test) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var reader = new StreamReader(request.Content!.ReadAsStream(cancellationToken));
            var body = reader.ReadToEnd();
            test._asked.Add($"{request.Method} {request.RequestUri!.AbsoluteUri} {body}");
            var (status, answer) = test._answer(request, body);
            return new HttpResponseMessage((System.Net.HttpStatusCode)status) { Content = new StringContent(answer), RequestMessage = request };
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Send(request, cancellationToken));
    }
}
