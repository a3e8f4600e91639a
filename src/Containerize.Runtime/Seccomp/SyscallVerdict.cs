namespace Containerize.Runtime.Seccomp;

/// <summary>What a filter does with one system call: an action, or several by the arguments.</summary>
internal sealed class SyscallVerdict
{
    private readonly List<ConditionalAction> _conditional = [];

    /// <summary>The action whatever the arguments are; null where it depends on them.</summary>
    public uint? Always { get; private set; }

    /// <summary>The others, in the order in which they are asked; empty where there is one for all arguments.</summary>
    public IReadOnlyList<ConditionalAction> Conditional => _conditional;

    /// <summary>Adds a rule, as libseccomp does: the first one without conditions is the only one, whatever comes before and after.</summary>
    public void Add(ConditionalAction rule)
    {
        if (Always is not null)
        {
            return;
        }

        if (rule.Conditions.Length == 0)
        {
            Always = rule.Action;
            _conditional.Clear();
            return;
        }

        var place = Place(rule);
        for (var i = place - 1; i >= 0 && ConditionalAction.Order(_conditional[i], rule) == 0; i--)
        {
            if (_conditional[i].Conditions.AsSpan().SequenceEqual(rule.Conditions))
            {
                // libseccomp refuses two actions for the same; the kernel's order of filters has the answer: the lower one is the stricter.
                _conditional[i] = (int)_conditional[i].Action <= (int)rule.Action ? _conditional[i] : rule;
                return;
            }
        }

        _conditional.Insert(place, rule);
    }

    // Behind all that go before it or are its equals.
    private int Place(ConditionalAction rule)
    {
        var low = 0;
        var high = _conditional.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = ConditionalAction.Order(rule, _conditional[middle]) < 0 ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
