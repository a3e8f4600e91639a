using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>An image that is not here, for <c>run</c> and <c>create</c>.</summary>
public sealed class FindingAnImage : IAsyncLifetime, IDisposable
{
    private readonly Shell _shell = new();
    private FaultRegistry _registry = null!;

    public async Task InitializeAsync() => _registry = await FaultRegistry.StartAsync();

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _shell.Dispose();

    [SkippableTheory]
    [InlineData("missing")]
    [InlineData("never")]
    [InlineData("always")]
    public async Task SaysThatItIsNotHereAndThenWhatTheRegistrySaid(string pull)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "containers run on Linux");
        // It does not come to that one.
        _shell.Variables["CONTAINERIZE_RUNTIME"] = Environment.ProcessPath!;
        var name = $"{_registry.Host}/helo:1";
        var error = (await _shell.RunAsync("create", "--pull", pull, name)).Error;
        Assert.StartsWith(
            pull switch
            {
                "missing" => $"error CTZ4005: finding the image '{name}': there is no local image '{name}' (see 'dotnet containerize images'), so {_registry.Host} was asked: the registry answered 404 ",
                "never" => $"error CTZ5024: finding the image '{name}': it is not here, ",
                _ => $"error CTZ4005: getting the manifest 1 of {_registry.Host}/helo:1: the registry answered 404 ",
            },
            error,
            StringComparison.Ordinal);
    }
}
