using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Containerize.Layers.Unpacking;

/// <summary>Names of bytes: the same where their bytes are.</summary>
internal sealed class ByteNames : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    private const int MostShown = 300;

    public static ByteNames Comparer { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x is null ? y is null : y is not null && x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        // Seeded at random for the process: names are chosen by strangers.
        var hash = default(HashCode);
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    /// <summary>A name for people: without bytes that could break or forge a line, and not longer than a line should be.</summary>
    public static string Show(ReadOnlySpan<byte> name)
    {
        var cut = name.Length > MostShown;
        name = cut ? name[..MostShown] : name;
        var valid = Utf8.IsValid(name);
        var text = new StringBuilder();
        foreach (var c in valid ? Encoding.UTF8.GetString(name) : Encoding.Latin1.GetString(name))
        {
            if (char.IsControl(c) || (!valid && c > '\x7e'))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            }
            else
            {
                text.Append(c);
            }
        }

        return text.Append(cut ? "..." : "").ToString();
    }
}
