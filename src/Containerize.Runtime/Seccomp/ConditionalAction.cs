namespace Containerize.Runtime.Seccomp;

/// <summary>What a call does with certain arguments: all conditions must hold.</summary>
/// <param name="Conditions">At most one for each argument, by argument.</param>
/// <param name="Action">Of <see cref="SeccompAction"/>.</param>
internal sealed record ConditionalAction(ArgumentCondition[] Conditions, uint Action)
{
    /// <summary>Which of two is asked first: libseccomp's order of its trees, the narrower one as far as can be told without solving them.</summary>
    /// <remarks>
    /// It matters only where both match and their actions differ: the later argument goes first, equality before ranges, and of ranges
    /// the one with the nearer end (db.c, _db_chain_lt).
    /// </remarks>
    public static int Order(ConditionalAction one, ConditionalAction other)
    {
        for (var i = 0; i < one.Conditions.Length && i < other.Conditions.Length; i++)
        {
            var (a, b) = (one.Conditions[i], other.Conditions[i]);
            var order = b.Index.CompareTo(a.Index);
            order = order != 0 ? order : Breadth(a.Comparison).CompareTo(Breadth(b.Comparison));
            order = order != 0 ? order : Breadth(a.Comparison) == 1 ? a.Value.CompareTo(b.Value) : b.Value.CompareTo(a.Value);
            if (order != 0)
            {
                return order;
            }
        }

        return other.Conditions.Length.CompareTo(one.Conditions.Length);
    }

    private static int Breadth(ArgumentComparison comparison) => comparison switch
    {
        ArgumentComparison.Equal or ArgumentComparison.NotEqual or ArgumentComparison.MaskedEqual => 0,
        ArgumentComparison.Less or ArgumentComparison.LessOrEqual => 1,
        _ => 2,
    };
}
