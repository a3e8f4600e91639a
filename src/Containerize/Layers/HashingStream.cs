using System.Security.Cryptography;
using Containerize.Oci;
using Containerize.Streams;

namespace Containerize.Layers;

/// <summary>Passes bytes on and knows their sha256 in the end; leaves what it writes to open.</summary>
internal sealed class HashingStream(Stream inner) : ForwardWriter
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public Digest Finish() => Digest.FromHash(_hash.GetHashAndReset());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        // Passed on first: the compressor's threads work on it while it is hashed here.
        inner.Write(buffer);
        _hash.AppendData(buffer);
    }

    public override void Flush() => inner.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
