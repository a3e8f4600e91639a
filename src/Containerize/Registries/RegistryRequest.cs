namespace Containerize.Registries;

/// <summary>One request, which can be made again as often as need be.</summary>
internal sealed record RegistryRequest(HttpMethod Method, Uri Uri, string Doing)
{
    /// <summary>The scopes of a token for it: the repository and what is done there.</summary>
    internal required RegistryScope Scope { get; init; }

    /// <summary>Makes the body; each time it is sent.</summary>
    internal Func<CancellationToken, HttpContent>? Content { get; init; }

    /// <summary>The media types that are understood.</summary>
    internal IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>Whether it is not repeated here: its sender has to look first how far the last one came.</summary>
    internal bool Once { get; init; }

    /// <summary>The first byte wanted of a blob.</summary>
    internal long From { get; init; }
}

/// <summary>What a token is asked for: a repository, an action, and a second repository that blobs are mounted from.</summary>
internal sealed record RegistryScope(string Repository, RegistryAction Action, string? MountFrom = null)
{
    /// <summary>Nothing in particular: what a login asks for.</summary>
    internal static RegistryScope None { get; } = new("", RegistryAction.Pull);

    internal IEnumerable<string> Texts => Repository.Length == 0 ? []
        : MountFrom is null ? [Text(Repository)] : [Text(Repository), $"repository:{MountFrom}:pull"];

    private string Text(string repository) => $"repository:{repository}:{(Action == RegistryAction.Push ? "pull,push" : "pull")}";
}
