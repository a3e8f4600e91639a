using System.Net;
using Containerize.Registries.Credentials;
using Containerize.Storage;

namespace Containerize.Registries;

/// <summary>All that a registry client needs from outside.</summary>
public sealed record RegistryOptions
{
    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Where pulled content is kept and found again; null keeps none.</summary>
    public BlobStore? Cache { get; init; }

    /// <summary>The folder where uploads and downloads that were cut, and the places of blobs, are remembered; null remembers nothing.</summary>
    public string? Journal { get; init; }

    /// <summary>Whether the network may not be used: only what the cache has, by digest (CTZ4010).</summary>
    public bool Offline { get; init; }

    /// <summary>Told one line about each thing worth knowing, such as that nothing had to be sent; never a secret.</summary>
    public Action<string> Report { get; init; } = _ => { };

    /// <summary>Told of the bytes of blobs as they move, by several threads at once; null where nobody looks.</summary>
    public IProgress<BlobProgress>? Progress { get; init; }

    /// <summary>Told what only those want to know who look for the reason of something, such as where credentials are from; never a secret.</summary>
    public Action<string> Explain { get; init; } = _ => { };

    /// <summary>The clock of waits and time limits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The first wait before a request is repeated; doubled each time.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a connection may take to be made.</summary>
    public TimeSpan ConnectLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an answer may take to begin, and a body may stand still.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Where the machine's own settings are.</summary>
    internal string Etc { get; init; } = "/etc";

    /// <summary>The credential to use, wherever others may be; null: whichever is found.</summary>
    internal RegistryCredential? Credential { get; init; }

    /// <summary>Makes what sends the requests for clouds' credentials; null: the usual.</summary>
    internal Func<HttpMessageHandler>? CloudHandler { get; init; }

    /// <summary>Finds the addresses of a host.</summary>
    internal Func<string, IPAddress[]> Resolve { get; init; } = Dns.GetHostAddresses;
}
