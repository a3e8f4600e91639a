using System.Globalization;
using Containerize.Oci;

namespace Containerize.Registries;

/// <summary>An upload that a registry has opened: where it goes on, and how much the registry has (distribution-spec, "Pushing a blob in chunks").</summary>
internal sealed class UploadSession(Uri location)
{
    /// <summary>Where the next request of it goes: each answer may give another address.</summary>
    internal Uri Location { get; set; } = location;

    /// <summary>The registry's least size of a chunk that is not the last; 0 where it has none.</summary>
    internal long LeastChunk { get; set; }

    /// <summary>How many bytes the registry has.</summary>
    internal long Offset { get; set; }

    /// <summary>How much goes with one request; 0 where all of it goes with the request that ends the upload.</summary>
    internal long Chunk { get; set; }

    /// <summary>The address that ends it.</summary>
    internal Uri End(Digest digest) =>
        new($"{Location.AbsoluteUri}{(Location.Query.Length > 0 ? "&" : "?")}digest={Uri.EscapeDataString(digest.ToString())}");

    /// <summary>Takes what an answer says of it: its next address, what the registry has, and what it wants.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="sent">What it has if it does not say.</param>
    /// <param name="next">Checks an address.</param>
    internal void Follow(HttpResponseMessage response, long sent, Func<Uri, Uri> next)
    {
        if (response.Headers.Location is { } location)
        {
            Location = next(location);
        }

        Offset = Had(response) ?? sent;
        if (Header(response, "OCI-Chunk-Min-Length") is { } least && long.TryParse(least, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
        {
            LeastChunk = bytes;
        }
    }

    // "0-499" for 500 bytes, and "0-0" for none: a range has no way to say that it is empty. Some write "bytes=" before it.
    private static long? Had(HttpResponseMessage response) =>
        Header(response, "Range") is { } range
        && range.LastIndexOf('-') is var dash and >= 0
        && long.TryParse(range.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? last == 0 ? 0 : last + 1
            : null;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
