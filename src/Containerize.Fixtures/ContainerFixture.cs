namespace Containerize.Testing;

/// <summary>A container for the time of a test, or of several: started rootless with no Docker, waited for, and gone afterwards, also when the test's process is killed.</summary>
/// <remarks>
/// It knows no test framework, and fits into each. Its two lifetime methods have the signatures of xunit 2's IAsyncLifetime, so that a class which derives from
/// both has nothing to implement; for all others it is an <see cref="IAsyncDisposable"/> that is started.
/// </remarks>
public class ContainerFixture : IAsyncDisposable
{
    private readonly ContainerOptions? _options;
    private StartedContainer? _container;
    private HttpClient? _client;

    /// <summary>A container of options.</summary>
    public ContainerFixture(ContainerOptions options) => _options = options;

    /// <summary>A container of what <see cref="Configure"/> gives.</summary>
    protected ContainerFixture()
    {
    }

    /// <summary>Whether this machine is one on which containers run: Linux.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>The container's id.</summary>
    public string Id => Container.Id!;

    /// <summary>What it has printed, and what the engine has to say of it: the last mebibyte, standard output and error together.</summary>
    public string Logs => string.Join('\n', Container.Log.Lines);

    /// <summary>How it has ended; null while it runs.</summary>
    public int? ExitCode => Container.ExitCode;

    /// <summary>A client for the first of its ports.</summary>
    public HttpClient HttpClient => _client ??= new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Container.AddressOf(null) };

    private StartedContainer Container => _container ?? throw new InvalidOperationException("The container has not been started: await StartAsync, or let the test framework do so.");

    /// <summary>Options for an image.</summary>
    /// <param name="image">A local name, one at a registry, <c>oci:FOLDER</c>, <c>oci-archive:FILE</c> or <c>docker-archive:FILE</c>.</param>
    public static ContainerOptions ForImage(string image) => new(image, null);

    /// <summary>Options for a project, which is built and started as its image would be.</summary>
    /// <param name="project">The project's file or folder; relative to the folder of the test project.</param>
    public static ContainerOptions ForProject(string project) => new(null, Path.GetFullPath(project, ToolLocation.Directory));

    /// <summary>Starts the container and waits until it can be used; where that fails nothing is left of it.</summary>
    /// <param name="token">Ends the wait.</param>
    /// <exception cref="ContainerFixtureException">It cannot be started, has ended, or is not ready in time.</exception>
    public async Task StartAsync(CancellationToken token = default)
    {
        if (_container is not null)
        {
            throw new InvalidOperationException("The container has been started already.");
        }

        _container = await ContainerStart.RunAsync(Configure(), token);
    }

    /// <summary>Starts it: xunit 2's IAsyncLifetime.</summary>
    public Task InitializeAsync() => StartAsync();

    /// <summary>The address of one of the published ports, as that of a web server: <c>http://127.0.0.1:40001/</c>.</summary>
    /// <param name="port">The port in the container.</param>
    public Uri Address(int port) => Container.AddressOf(port);

    /// <summary>Runs a program in the container.</summary>
    /// <param name="command">The program and its arguments.</param>
    public Task<ExecResult> ExecAsync(params string[] command) => ExecAsync(command, CancellationToken.None);

    /// <summary>Runs a program in the container.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="token">Ends it.</param>
    public Task<ExecResult> ExecAsync(IReadOnlyList<string> command, CancellationToken token) => Container.ExecAsync(command, token);

    /// <summary>Asks the container to end, as <c>docker stop</c> does, and waits until it has; its exit code.</summary>
    /// <param name="token">Ends the wait.</param>
    public Task<int> StopAsync(CancellationToken token = default) => Container.StopAsync(token);

    /// <summary>Ends and removes the container, with its unnamed volumes.</summary>
    public async Task DisposeAsync()
    {
        _client?.Dispose();
        if (_container is not null)
        {
            await _container.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return new(DisposeAsync());
    }

    /// <summary>What the container is; for classes that derive from this one.</summary>
    protected virtual ContainerOptions Configure() =>
        _options ?? throw new InvalidOperationException($"{GetType().Name} does not say what its container is: override Configure.");
}
