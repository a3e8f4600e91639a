namespace Shop.Domain;

/// <summary>What the shop asks for its goods, in cents.</summary>
public static class Prices
{
    // The number below is what the benchmark's "library edit" changes.
    private const int Revision = 0;

    private static readonly Dictionary<string, int> Cents = new(StringComparer.Ordinal) { ["tea"] = 350, ["coffee"] = 420, ["bread"] = 290 };

    public static IReadOnlyCollection<string> Goods => Cents.Keys;

    public static int? Of(string name) => Cents.TryGetValue(name, out var cents) ? cents + Revision : null;
}
