using Containerize.Images;
using Containerize.Registries;
using Containerize.Storage;
using Containerize.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Containerize.Tests.Registries;

/// <summary>A machine that pushes and pulls: a cache and a journal of its own, and a clock that may be a false one.</summary>
internal sealed class Machine : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal FakeTimeProvider? Clock { get; init; }

    /// <summary>Its environment.</summary>
    internal Dictionary<string, string> Variables { get; init; } = [];

    /// <summary>Whether every name is this machine's: registries that only a false one can reach.</summary>
    internal bool ResolvesToItself { get; init; }

    internal TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(60);

    internal List<string> Said { get; } = [];

    internal string Journal => _folder["cache/registries"];

    internal BlobStore Cache => new(_folder["cache/blobs"]);

    /// <summary>A process on this machine; nothing of it is left but what is on disk.</summary>
    internal RegistryClient Client(Func<RegistryOptions, RegistryOptions>? change = null)
    {
        var options = new RegistryOptions
        {
            Environment = name => Variables.GetValueOrDefault(name),
            Cache = Cache,
            Journal = Journal,
            Report = Say,
            Time = Clock ?? TimeProvider.System,
            RetryDelay = Clock is null ? TimeSpan.FromMilliseconds(5) : TimeSpan.FromSeconds(1),
            StallLimit = StallLimit,
        };
        if (ResolvesToItself)
        {
            options = options with { Resolve = _ => [System.Net.IPAddress.Loopback] };
        }

        return new RegistryClient(change is null ? options : change(options));
    }

    /// <summary>Pushes as a process of its own.</summary>
    internal async Task PushAsync(Artifact image, params string[] names)
    {
        using var client = Client();
        // Pushes block; the clock is moved meanwhile.
        await PassAsync(Task.Run(() => client.PushDestination([.. names.Select(Reference.Parse)]).WriteAsync(image, CancellationToken.None)));
    }

    /// <summary>Pushes what cannot be pushed.</summary>
    internal Task<ContainerizeException> FailAsync(Artifact image, params string[] names) =>
        Xunit.Assert.ThrowsAsync<ContainerizeException>(() => PushAsync(image, names));

    /// <summary>Pulls as a process of its own, all bytes; one line for each layer.</summary>
    internal async Task<string> PullAsync(string name)
    {
        using var client = Client();
        var read = Task.Run(async () => await SampleImages.ReadLayersAsync((Image)await client.PullSource(Reference.Parse(name)).ReadAsync(CancellationToken.None)));
        await PassAsync(read);
        return await read;
    }

    /// <summary>All files of the cache, as paths in it.</summary>
    internal IReadOnlyList<string> Files(string folder = "cache") => Directory.Exists(_folder[folder])
        ? [.. Directory.EnumerateFiles(_folder[folder], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_folder[folder], f)).Order(StringComparer.Ordinal)]
        : [];

    public void Dispose() => _folder.Dispose();

    /// <summary>Lets the false clock run until the work is done: a tenth of a second each time.</summary>
    internal async Task PassAsync(Task work)
    {
        while (Clock is not null && !work.IsCompleted)
        {
            await Task.Delay(2);
            Clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        await work;
    }

    private void Say(string line)
    {
        lock (Said)
        {
            Said.Add(line);
        }
    }
}
