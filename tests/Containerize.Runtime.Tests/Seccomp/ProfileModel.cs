using System.Text;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Seccomp;

namespace Containerize.Runtime.Tests.Seccomp;

/// <summary>What a profile says of a call, read rule by rule: the actions of all rules that match.</summary>
internal sealed class ProfileModel(SeccompSpec spec, SyscallAbi[] abis)
{
    private readonly uint _fallback = SeccompAction.Parse(spec.DefaultAction, spec.DefaultErrnoRet);

    private readonly Dictionary<SyscallAbi, int> _newest = abis.ToDictionary(
        abi => abi, abi => spec.Syscalls!.SelectMany(r => r.Names!).Select(n => Number(n, abi)).Append(SyscallTable.Absent).Max());

    private readonly ILookup<(SyscallAbi Abi, long Number), SyscallRule> _rules = (
        from abi in abis
        from rule in spec.Syscalls!
        where SeccompAction.Parse(rule.Action, rule.ErrnoRet) != SeccompAction.Parse(spec.DefaultAction, spec.DefaultErrnoRet)
        from name in rule.Names!
        select (Key: (abi, (long)Number(name, abi)), Rule: rule)).ToLookup(r => r.Key, r => r.Rule);

    public bool HasConditions(SyscallData call) =>
        Abi(call) is { } abi && (_rules[(abi, Plain(call))].Any(r => r.Args is { Count: > 0 }) || IsMultiplexed(abi, Plain(call)));

    /// <summary>Whether runc would say ENOSYS before libseccomp is asked (libcontainer/seccomp/patchbpf).</summary>
    public bool IsNewer(SyscallData call) =>
        spec.DefaultAction is not ("SCMP_ACT_ALLOW" or "SCMP_ACT_LOG" or "SCMP_ACT_TRACE")
        && Abi(call) is { } abi && _newest[abi] >= 0 && Plain(call) > _newest[abi];

    /// <summary>The possible answers; null where the model does not know: the operations of socketcall and ipc.</summary>
    public HashSet<uint>? Answers(SyscallData call)
    {
        if (Abi(call) is not { } abi)
        {
            // -1 on x86-64 is what a tracer leaves to skip a call.
            return [call is { Architecture: 0xC000003E, Number: uint.MaxValue } && abis.Contains(SyscallAbi.X64) ? _fallback : SeccompAction.KillThread];
        }

        if (IsNewer(call))
        {
            return [SeccompAction.NotImplemented];
        }

        if (IsMultiplexed(abi, Plain(call)))
        {
            return null;
        }

        var answers = new HashSet<uint>();
        foreach (var rule in _rules[(abi, Plain(call))])
        {
            var holds = (rule.Args ?? []).Select(a => (a.Index, Holds: Holds(a, call.Arguments[a.Index], SeccompArchitectures.HasWideArguments(abi)))).ToArray();
            var action = SeccompAction.Parse(rule.Action, rule.ErrnoRet);
            if (holds.Length == 0 || rule.Args!.All(a => a.Op == "SCMP_CMP_MASKED_EQ" && Narrow(a.Value, abi) == 0))
            {
                return [action];
            }

            if (holds.DistinctBy(h => h.Index).Count() < holds.Length ? holds.Any(h => h.Holds) : holds.All(h => h.Holds))
            {
                answers.Add(action);
            }
        }

        return answers.Count == 0 ? [_fallback] : answers;
    }

    private static bool IsMultiplexed(SyscallAbi abi, long number) => abi == SyscallAbi.X86 && number is MultiplexedCalls.SocketCall or MultiplexedCalls.Ipc;

    private static ulong Narrow(ulong value, SyscallAbi abi) => SeccompArchitectures.HasWideArguments(abi) ? value : (uint)value;

    private static bool Holds(SyscallArgument condition, ulong argument, bool wide)
    {
        var (a, value, other) = wide ? (argument, condition.Value, condition.ValueTwo) : ((uint)argument, (uint)condition.Value, (uint)condition.ValueTwo);
        return condition.Op switch
        {
            "SCMP_CMP_NE" => a != value,
            "SCMP_CMP_LT" => a < value,
            "SCMP_CMP_LE" => a <= value,
            "SCMP_CMP_EQ" => a == value,
            "SCMP_CMP_GE" => a >= value,
            "SCMP_CMP_GT" => a > value,
            _ => (a & value) == (other & value),
        };
    }

    private static int Number(string name, SyscallAbi abi) => SyscallTable.Find(Encoding.UTF8.GetBytes(name), abi);

    private static long Plain(SyscallData call) =>
        call.Architecture == 0xC000003E && call.Number >= SeccompArchitectures.X32Bit ? call.Number - SeccompArchitectures.X32Bit : call.Number;

    private SyscallAbi? Abi(SyscallData call)
    {
        foreach (var abi in abis)
        {
            var x32 = call.Number >= SeccompArchitectures.X32Bit;
            if (SeccompArchitectures.AuditValue(abi) == call.Architecture && (abi is not (SyscallAbi.X64 or SyscallAbi.X32) || x32 == (abi == SyscallAbi.X32)))
            {
                return abi;
            }
        }

        return null;
    }
}
