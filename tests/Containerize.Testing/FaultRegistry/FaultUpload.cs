using System.Buffers;

namespace Containerize.Testing;

/// <summary>An upload that is open: what has come of it, and how often it was written to.</summary>
public sealed class FaultUpload(string id, string repository)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Its name.</summary>
    public string Id { get; } = id;

    /// <summary>Where it goes.</summary>
    public string Repository { get; } = repository;

    /// <summary>How many bytes have come.</summary>
    public long Length
    {
        get
        {
            lock (_bytes)
            {
                return _bytes.WrittenCount;
            }
        }
    }

    /// <summary>How many PATCH requests it has had.</summary>
    public int Patches { get; internal set; }

    /// <summary>How long the last chunk was.</summary>
    internal long LastChunk { get; set; }

    internal byte[] ToArray()
    {
        lock (_bytes)
        {
            return _bytes.WrittenSpan.ToArray();
        }
    }

    /// <summary>Takes a body as it comes: what has come before a cut is kept.</summary>
    internal async Task<long> AppendAsync(Stream body, bool keep, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var total = 0L;
        for (int count; (count = await body.ReadAsync(buffer, cancellationToken)) > 0; total += count)
        {
            if (keep)
            {
                lock (_bytes)
                {
                    _bytes.Write(buffer.AsSpan(0, count));
                }
            }
        }

        return total;
    }
}
