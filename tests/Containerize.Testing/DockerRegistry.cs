using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Containerize.Testing;

/// <summary>Debian's docker-registry (distribution 2.8) on a free port of 127.0.0.1, with its store in a temporary folder; ends with the test.</summary>
public sealed class DockerRegistry : IAsyncDisposable
{
    /// <summary>The user that a registry with a password knows.</summary>
    public const string User = "builder";

    /// <summary>That user's password.</summary>
    public const string Password = "s3cret:with:colons";

    // bcrypt, as htpasswd -B makes it.
    private const string Htpasswd = "builder:$2y$04$FFM2br0r4eX39CKNEBAt.OsM3x/0cydkEu3pHKPYXkMbSuh6bgWfq";
    private const string Marker = "containerize-test-mark-";
    private readonly TemporaryFolder _folder;
    private Process _process;
    private readonly List<string> _log;
    private readonly string _scheme;

    private DockerRegistry(TemporaryFolder folder, Process process, string address, List<string> log)
    {
        _folder = folder;
        _process = process;
        _log = log;
        (_scheme, Host) = (address[..address.IndexOf(':', StringComparison.Ordinal)], new Uri(address).Authority);
    }

    /// <summary>host:port.</summary>
    public string Host { get; }

    /// <summary>The requests so far, as "METHOD /path STATUS", in the order of their answers.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            Settle();
            lock (_log)
            {
                return [.. _log.Where(line => !line.Contains(Marker, StringComparison.Ordinal))];
            }
        }
    }

    /// <summary>Forgets the requests so far.</summary>
    public void ForgetRequests()
    {
        Settle();
        lock (_log)
        {
            _log.Clear();
        }
    }

    /// <summary>Starts a registry that everybody may use, or who knows the password; skips the test where there is none installed.</summary>
    public static Task<DockerRegistry> StartAsync(bool withPassword = false) => StartAsync(new DockerRegistryOptions { WithPassword = withPassword });

    /// <summary>Starts a registry that is like this; skips the test where there is none installed.</summary>
    public static async Task<DockerRegistry> StartAsync(DockerRegistryOptions options)
    {
        ToolRunner.Require("docker-registry");
        for (var attempt = 1; ; attempt++)
        {
            var folder = new TemporaryFolder();
            var port = FreePort();
            await File.WriteAllTextAsync(
                folder["config.yml"],
                $"version: 0.1\nlog:\n  level: error\n  accesslog:\n    disabled: false\nstorage:\n  filesystem:\n    rootdirectory: {folder["data"]}\n"
                + $"  delete:\n    enabled: true\nhttp:\n  addr: 127.0.0.1:{port}\n{Certificate(folder, options.Certificate)}{Entry(folder, options)}");
            var log = new List<string>();
            var registry = new DockerRegistry(folder, Run(folder, log), $"{(options.Certificate is null ? "http" : "https")}://127.0.0.1:{port}", log);
            if (await registry.IsReadyAsync())
            {
                registry.ForgetRequests();
                return registry;
            }

            await registry.DisposeAsync();
            if (attempt == 3)
            {
                throw new InvalidOperationException("docker-registry does not start.");
            }
        }
    }

    /// <summary>How many bytes its storage has, uploads that are under way included.</summary>
    public long StoredBytes => Directory.Exists(_folder["data"])
        ? Directory.EnumerateFiles(_folder["data"], "*", SearchOption.AllDirectories).Sum(f => File.Exists(f) ? new FileInfo(f).Length : 0)
        : 0;

    /// <summary>Kills it as the kernel does, with -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Starts it again after that: the same address, the same storage.</summary>
    public async Task StartAgainAsync()
    {
        _process.Dispose();
        _process = Run(_folder, _log);
        if (!await IsReadyAsync())
        {
            throw new InvalidOperationException("docker-registry does not start again.");
        }
    }

    /// <summary>Takes a blob away from a repository, as a broken registry would, though manifests need it.</summary>
    public void Lose(string repository, string digest) => Directory.Delete(
        Path.Combine(_folder["data"], "docker/registry/v2/repositories", repository, "_layers", digest.Replace(':', '/')), recursive: true);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Dispose();
    }

    // The registry writes its log after it has answered, and we read it through a pipe: what was asked before is there once a request of our own is.
    private void Settle()
    {
        var mark = Marker + Guid.NewGuid().ToString("N");
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{_scheme}://{Host}/v2/?{mark}");
        using var response = client.Send(request);
        var limit = Stopwatch.StartNew();
        while (!Seen() && limit.Elapsed < TimeSpan.FromSeconds(30))
        {
            Thread.Sleep(5);
        }

        bool Seen()
        {
            lock (_log)
            {
                return _log.Any(line => line.Contains(mark, StringComparison.Ordinal));
            }
        }
    }

    // The access log is Apache's: 127.0.0.1 - - [time] "GET /v2/ HTTP/1.1" 200 2 "" "agent".
    private static void Note(List<string> log, string? line)
    {
        var parts = line?.Split('"');
        if (parts is { Length: >= 3 } && parts[1].Split(' ') is [var method, var path, _] && path.StartsWith("/v2/", StringComparison.Ordinal))
        {
            lock (log)
            {
                log.Add($"{method} {path} {parts[2].Trim().Split(' ')[0]}");
            }
        }
    }

    private static Process Run(TemporaryFolder folder, List<string> log)
    {
        var process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", folder["config.yml"]]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, e) => Note(log, e.Data);
        process.ErrorDataReceived += (_, e) => Note(log, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string Certificate(TemporaryFolder folder, X509Certificate2? certificate) => certificate is null
        ? ""
        : $"  tls:\n    certificate: {folder.Write("tls.crt", certificate.ExportCertificatePem())}\n"
            + $"    key: {folder.Write("tls.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem())}\n";

    private static string Entry(TemporaryFolder folder, DockerRegistryOptions options) => options switch
    {
        { WithPassword: true } => $"auth:\n  htpasswd:\n    realm: test\n    path: {folder.Write("htpasswd", Htpasswd)}\n",
        { Tokens: { } tokens } => $"auth:\n  token:\n    realm: {tokens.Realm}\n    service: {TokenServer.Service}\n    issuer: {TokenServer.Issuer}\n"
            + $"    rootcertbundle: {folder.Write("signers.pem", options.Signers ?? tokens.Bundle)}\n",
        _ => "",
    };

    // What it is like to verify its certificate is for the tests to find out.
    private static HttpClient Client() => new(new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator });

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> IsReadyAsync()
    {
        using var client = Client();
        for (var i = 0; i < 200 && !_process.HasExited; i++)
        {
            try
            {
                using var response = await client.GetAsync(new Uri($"{_scheme}://{Host}/v2/"));
                return true;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50);
            }
        }

        return false;
    }
}
