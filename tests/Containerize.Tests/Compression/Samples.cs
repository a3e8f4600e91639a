using System.Text;

namespace Containerize.Tests.Compression;

/// <summary>Content made by code, the same on every machine.</summary>
internal static class Samples
{
    public static readonly string[] Names =
        ["empty", "one", "text", "binary", "random", "zeros", "segment", "segments", "stored-edge", "farthest", "fibonacci", "mixed"];

    public static byte[] Make(string name) => name switch
    {
        "empty" => [],
        "one" => [42],
        "text" => Text(300_000),
        "binary" => Binary(700_000),
        "random" => Random(200_000, 7),
        "zeros" => new byte[1_000_000],
        // Exactly one segment: the last one must be found out late.
        "segment" => Text(512 * 1024),
        // More than three segments, of several kinds.
        "segments" => [.. Text(600_000), .. Random(400_000, 3), .. Binary(800_000), .. new byte[300_000]],
        "stored-edge" => Random(65_535 + 65_536, 5),
        "farthest" => Farthest(),
        "fibonacci" => Fibonacci(),
        "mixed" => Mixed(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, message: null),
    };

    public static byte[] Random(int length, uint seed)
    {
        var bytes = new byte[length];
        var state = seed;
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)(Next(ref state) >> 24);
        }

        return bytes;
    }

    public static byte[] Text(int length)
    {
        string[] words = ["layer", "image", "the", "of", "a", "digest", "registry", "container", "builds", "ships", "and", "runs", "dotnet", "publish"];
        var text = new StringBuilder(length + 16);
        var state = 1u;
        while (text.Length < length)
        {
            var roll = Next(ref state) >> 8;
            text.Append(words[(int)(roll % (uint)words.Length)]).Append(roll % 11 == 0 ? ".\n" : " ");
            if (roll % 29 == 0)
            {
                text.Append(roll);
            }
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    // Like a table of records: small numbers, rising offsets, a few flags.
    public static byte[] Binary(int length)
    {
        var bytes = new byte[length];
        var state = 9u;
        for (var i = 0; i < length; i++)
        {
            var roll = Next(ref state) >> 16;
            bytes[i] = (i % 8) switch
            {
                0 or 1 => (byte)(i >> (8 * (i % 8))),
                2 => 0,
                3 => (byte)(roll % 5),
                4 => (byte)roll,
                _ => (byte)(roll % 97 == 0 ? roll : 0x20),
            };
        }

        return bytes;
    }

    // The same random bytes 32,768 apart (the farthest that deflate reaches), and 32,769 apart (which it does not).
    private static byte[] Farthest()
    {
        var block = Random(32_768, 11);
        return [.. block, .. block, 0, .. block, .. block];
    }

    // Noise long enough that positions are passed over, then what has matches again: in a segment, over its edge, and at the end.
    private static byte[] Mixed() =>
        [.. Random(300_000, 31), .. Text(50_000), .. Random(250_000, 37), .. new byte[100_000], .. Random(320_000, 41), .. Text(6_000), 1, 2, 3];

    // Counts that rise like Fibonacci's numbers make the deepest tree that Huffman gives: far more than 15 levels.
    private static byte[] Fibonacci()
    {
        var bytes = new List<byte>();
        var (a, b) = (1, 1);
        for (var symbol = 0; symbol < 24; symbol++)
        {
            bytes.AddRange(Enumerable.Repeat((byte)(symbol * 7), a));
            (a, b) = (b, a + b);
        }

        // In an order without matches worth having.
        var state = 13u;
        for (var i = bytes.Count - 1; i > 0; i--)
        {
            var j = (int)((ulong)Next(ref state) * (ulong)(i + 1) >> 32);
            (bytes[i], bytes[j]) = (bytes[j], bytes[i]);
        }

        return [.. bytes];
    }

    private static uint Next(ref uint state)
    {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        return state;
    }
}
