using Containerize.Images;
using Containerize.Registries;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>Another tool and we at one registry.</summary>
/// <param name="tool">The other tool; where it or the registry is not there, the tests say so.</param>
public abstract class TogetherAtARegistry(string tool) : IAsyncLifetime
{
    private RegistryClient? _client;

    private protected Machine Machine { get; } = new();

    private protected TemporaryFolder Folder { get; } = new();

    private protected DockerRegistry Registry { get; private set; } = null!;

    // It lives as long as what it gives is read.
    private protected RegistryClient Client => _client ??= Machine.Client();

    public async Task InitializeAsync()
    {
        if (ToolRunner.Find(tool) is not null && ToolRunner.Find("docker-registry") is not null)
        {
            Registry = await DockerRegistry.StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        await (Registry?.DisposeAsync() ?? ValueTask.CompletedTask);
        _client?.Dispose();
        Machine.Dispose();
        Folder.Dispose();
    }

    private protected virtual void Require()
    {
        ToolRunner.Require(tool);
        ToolRunner.Require("docker-registry");
    }

    private protected Task<Artifact> PullAsync(string name) => Client.PullSource(Reference.Parse($"{Registry.Host}/{name}")).ReadAsync(CancellationToken.None);
}
