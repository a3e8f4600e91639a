namespace Containerize.Package.Tests.Publishing;

/// <summary>Debian's docker-registry on a free port of the loopback, without TLS.</summary>
public sealed class LoopbackRegistry : IDisposable
{
    private readonly ShellProcess _process;

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="folder">Its files.</param>
    public LoopbackRegistry(string folder)
    {
        Directory.CreateDirectory(folder);
        var port = Bundle.FreePort();
        Host = $"127.0.0.1:{port}";
        var config = Path.Combine(folder, "config.yml");
        File.WriteAllText(config, $"""
            version: 0.1
            log:
              level: error
              accesslog:
                disabled: true
            storage:
              filesystem:
                rootdirectory: {folder}/data
            http:
              addr: {Host}
            """);
        _process = Shell.Start(folder, null, "docker-registry", "serve", config);
        using var client = new HttpClient();
        for (var i = 0; i < 200; i++)
        {
            try
            {
                client.GetAsync(new Uri($"http://{Host}/v2/")).GetAwaiter().GetResult().Dispose();
                return;
            }
            catch (HttpRequestException) when (!_process.HasEnded)
            {
                Thread.Sleep(100);
            }
        }

        throw new InvalidOperationException(_process.Output);
    }

    /// <summary>127.0.0.1 and its port.</summary>
    public string Host { get; }

    /// <inheritdoc />
    public void Dispose() => _process.Dispose();
}
