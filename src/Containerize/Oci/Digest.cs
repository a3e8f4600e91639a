using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Containerize.Oci;

/// <summary>A content digest, <c>algorithm:hex</c>, always valid: sha256 or sha512, lower-case hex of the right length.</summary>
/// <remarks>
/// image-spec, descriptor.md "Digests". Validated before any path or URL is made of it (CVE-2024-3727). A class, as collections of a struct of
/// ours are code that only the just-in-time compiler can make (docs/architecture.md, decision 12).
/// </remarks>
public sealed record Digest
{
    private readonly string _text;

    private Digest(string text) => _text = text;

    /// <summary>The algorithm: <c>sha256</c> or <c>sha512</c>.</summary>
    public string Algorithm => _text[..6];

    /// <summary>The lower-case hex part, 64 or 128 characters.</summary>
    public string Hex => _text[7..];

    /// <summary>The first twelve hex characters, for people.</summary>
    public string Abbreviated => _text.Substring(7, 12);

    /// <summary>Parses a digest; CTZ3001 where it is not one.</summary>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest)
            ? digest
            : throw new ContainerizeException(
                3001,
                $"reading the digest '{Shorten(text)}'",
                "it is not sha256: with 64 or sha512: with 128 lower-case hex characters",
                "Check where the digest comes from; copy it whole.");

    /// <summary>Parses a digest; false where it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Digest? digest)
    {
        digest = null;
        if (text is null || text.Length is not (71 or 135))
        {
            return false;
        }

        if (!text.StartsWith(text.Length == 71 ? "sha256:" : "sha512:", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var c in text.AsSpan(7))
        {
            if (c is not ((>= '0' and <= '9') or (>= 'a' and <= 'f')))
            {
                return false;
            }
        }

        digest = new Digest(text);
        return true;
    }

    /// <summary>The sha256 digest of some bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes, hash);
        return FromHash(hash);
    }

    /// <summary>The digest with this finished hash: 32 bytes are sha256, 64 bytes sha512.</summary>
    public static Digest FromHash(ReadOnlySpan<byte> hash) =>
        new((hash.Length == 64 ? "sha512:" : "sha256:") + Convert.ToHexStringLower(hash));

    /// <summary>A new running hash of this digest's algorithm.</summary>
    public IncrementalHash CreateHash() =>
        IncrementalHash.CreateHash(Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);

    /// <summary>The text form, <c>algorithm:hex</c>.</summary>
    public override string ToString() => _text;

    private static string Shorten(string text) => text.Length <= 150 ? text : text[..150] + "...";
}
