using System.Text;

namespace Containerize.Runtime.Seccomp;

/// <summary>A profile's rules for one architecture: by number what to do.</summary>
internal sealed class SeccompRules
{
    private readonly Dictionary<int, SyscallVerdict> _verdicts = [];
    private readonly SyscallAbi _abi;
    private int _conditional;

    private SeccompRules(SyscallAbi abi)
    {
        _abi = abi;
    }

    /// <summary>The highest number that the profile names; <see cref="SyscallTable.Absent"/> where it names none.</summary>
    public int Newest { get; private set; } = SyscallTable.Absent;

    /// <summary>Sorts the rules by number.</summary>
    /// <remarks>Names that the architecture does not have are passed over, as everywhere: a profile names the calls of all.</remarks>
    /// <param name="rules">The rules.</param>
    /// <param name="fallback">What is done with calls without a rule. Rules that say the same are no rules.</param>
    /// <param name="abi">The architecture.</param>
    /// <exception cref="ContainerizeException">There are more than a filter can have.</exception>
    public static SeccompRules For(List<SeccompRule> rules, uint fallback, SyscallAbi abi)
    {
        var result = new SeccompRules(abi);
        Span<byte> bytes = stackalloc byte[64];
        foreach (var rule in rules)
        {
            foreach (var name in rule.Names)
            {
                var number = Encoding.UTF8.TryGetBytes(name, bytes, out var length) ? SyscallTable.Find(bytes[..length], abi) : SyscallTable.Absent;
                result.Newest = Math.Max(result.Newest, number);
                if (rule.Action != fallback)
                {
                    result.Add(rule, name, number);
                }
            }
        }

        return result;
    }

    /// <summary>The numbers as runs with the same verdict, from 0 without a gap.</summary>
    public List<SyscallRange> Ranges(uint fallback)
    {
        var numbers = new int[_verdicts.Count];
        _verdicts.Keys.CopyTo(numbers, 0);
        Array.Sort(numbers);
        var ranges = new List<SyscallRange> { new(0, fallback, []) };
        var next = 0;
        foreach (var number in numbers)
        {
            if (number > next)
            {
                Append(ranges, new((uint)next, fallback, []));
            }

            var verdict = _verdicts[number];
            Append(ranges, new((uint)number, verdict.Always ?? fallback, verdict.Conditional));
            next = number + 1;
        }

        Append(ranges, new((uint)next, fallback, []));
        return ranges;
    }

    private static void Append(List<SyscallRange> ranges, SyscallRange range)
    {
        if (ranges[^1].Start == range.Start)
        {
            ranges.RemoveAt(ranges.Count - 1);
        }

        if (ranges.Count == 0 || ranges[^1].Conditional.Count + range.Conditional.Count > 0 || ranges[^1].Action != range.Action)
        {
            ranges.Add(range);
        }
    }

    private void Add(SeccompRule rule, string name, int number)
    {
        foreach (var alternative in rule.Alternatives)
        {
            var conditions = Prepare(alternative);
            _conditional += conditions.Length == 0 ? 0 : 1;
            if (_conditional > SeccompFilter.MostInstructions)
            {
                // Each takes two instructions at least.
                throw SeccompErrors.TooLong();
            }

            if (number != SyscallTable.Absent)
            {
                Verdict(number).Add(new(conditions, rule.Action));
            }

            if (_abi == SyscallAbi.X86 && MultiplexedCalls.Find(name) is { } multiplexed)
            {
                // The arguments of the operation are in memory, which a filter cannot read. As libseccomp does: the condition on the first
                // argument becomes that on the operation, and the others stay, although what they compare is not what the profile means.
                var others = Array.FindAll(conditions, condition => condition.Index != 0);
                Verdict(multiplexed.Call).Add(new([new(0, ArgumentComparison.Equal, multiplexed.Operation, uint.MaxValue), .. others], rule.Action));
            }
        }
    }

    private SyscallVerdict Verdict(int number)
    {
        if (!_verdicts.TryGetValue(number, out var verdict))
        {
            _verdicts[number] = verdict = new SyscallVerdict();
        }

        return verdict;
    }

    private ArgumentCondition[] Prepare(ArgumentCondition[] conditions)
    {
        var narrow = !SeccompArchitectures.HasWideArguments(_abi);
        var prepared = Array.ConvertAll(conditions, condition => narrow ? condition.Narrow() : condition);
        prepared = Array.FindAll(prepared, condition => !condition.IsAlways);
        Array.Sort(prepared, (one, other) => one.Index.CompareTo(other.Index));
        return prepared;
    }
}
