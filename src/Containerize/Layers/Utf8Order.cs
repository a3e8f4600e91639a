namespace Containerize.Layers;

/// <summary>The order of paths by the bytes of their UTF-8 form, found without encoding them.</summary>
/// <remarks>
/// UTF-16 order differs from it only where surrogates meet U+E000 to U+FFFF: UTF-8 puts those before, UTF-16 after.
/// A parent is a prefix of its children, so it is always before them.
/// </remarks>
internal sealed class Utf8Order : IComparer<string>
{
    public static readonly Utf8Order Instance = new();

    public int Compare(string? x, string? y)
    {
        var a = x.AsSpan();
        var b = y.AsSpan();
        var same = a.CommonPrefixLength(b);
        return same == a.Length || same == b.Length ? a.Length.CompareTo(b.Length) : Rank(a[same]).CompareTo(Rank(b[same]));
    }

    private static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}
