using System.Runtime.InteropServices;
using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Seccomp;

/// <summary>Makes a program of classic BPF of a profile, with the meaning that libseccomp and runc give it.</summary>
/// <remarks>
/// The program asks for the architecture, then by a binary search for the number, then for arguments. Calls of an architecture that is not
/// the filter's end their thread, also x32's under a filter of x86-64 alone, which differ only by a bit of their number. Calls above the highest
/// number that the profile names are not refused but unknown (ENOSYS): its author could not judge them, and programs fall back to older ones
/// (https://github.com/opencontainers/runc/pull/2750).
/// </remarks>
internal static class SeccompCompiler
{
    // struct seccomp_data
    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;

    /// <summary>Compiles a profile.</summary>
    /// <param name="spec">The profile.</param>
    /// <param name="native">The machine's architecture.</param>
    /// <returns>The filter; null where the profile says nothing at all.</returns>
    /// <exception cref="ContainerizeException">The profile is not valid.</exception>
    public static SeccompFilter? Compile(SeccompSpec spec, Architecture native)
    {
        if (string.IsNullOrEmpty(spec.DefaultAction) && spec.Syscalls is null or { Count: 0 })
        {
            return null;
        }

        var fallback = SeccompAction.Parse(spec.DefaultAction, spec.DefaultErrnoRet);
        if (fallback == SeccompAction.Notify)
        {
            throw SeccompErrors.Invalid("SCMP_ACT_NOTIFY is the default action", "Name the calls that the listener is to handle.");
        }

        var rules = new List<SeccompRule>();
        var notifies = false;
        foreach (var rule in spec.Syscalls ?? [])
        {
            rules.Add(SeccompRule.Parse(rule));
            notifies |= rules[^1].Action == SeccompAction.Notify;
        }

        if (spec.ListenerMetadata is not null && string.IsNullOrEmpty(spec.ListenerPath))
        {
            throw SeccompErrors.Invalid("it has listenerMetadata, and there is nobody to tell it", "Set listenerPath, or leave it out.");
        }

        if (notifies && string.IsNullOrEmpty(spec.ListenerPath))
        {
            throw SeccompErrors.Invalid("a rule has SCMP_ACT_NOTIFY, and there is nobody to notify", "Set listenerPath.");
        }

        var abis = SeccompArchitectures.Of(spec, native);
        var program = Program(abis, rules, fallback);
        return program.Length > SeccompFilter.MostInstructions
            ? throw SeccompErrors.TooLong()
            : new SeccompFilter(program, SeccompFlags.Of(spec, notifies));
    }

    /// <summary>Whether a rule of the profile hands calls to a listener.</summary>
    public static bool Notifies(SeccompSpec spec)
    {
        foreach (var rule in spec.Syscalls ?? [])
        {
            if (rule.Action == "SCMP_ACT_NOTIFY")
            {
                return true;
            }
        }

        return false;
    }

    private static BpfInstruction[] Program(List<SyscallAbi> abis, List<SeccompRule> rules, uint fallback)
    {
        var assembler = new BpfAssembler();
        var next = assembler.Return(SeccompAction.KillThread);
        var x32 = abis.Contains(SyscallAbi.X32);

        // From the end to the beginning: the machine's own architecture comes first in the program.
        for (var i = abis.Count - 1; i >= 0; i--)
        {
            if (abis[i] != SyscallAbi.X32)
            {
                var section = Section(assembler, abis[i], x32, (rules, fallback));
                next = assembler.Jump(BpfInstruction.JumpEqual, SeccompArchitectures.AuditValue(abis[i]), section, next);
            }
        }

        assembler.Load(ArchitectureOffset, next);
        return assembler.ToProgram();
    }

    // All calls of one value of seccomp_data.arch.
    private static int Section(BpfAssembler assembler, SyscallAbi abi, bool x32, (List<SeccompRule> Rules, uint Fallback) profile)
    {
        var bit = SeccompArchitectures.X32Bit;
        int number;
        if (abi != SyscallAbi.X64)
        {
            number = Search(assembler, abi, profile);
        }
        else if (x32)
        {
            var others = Search(assembler, SyscallAbi.X32, profile);
            number = Search(assembler, abi, profile);
            number = assembler.Jump(BpfInstruction.JumpGreaterOrEqual, bit, others, number);
        }
        else
        {
            // -1 is what a tracer leaves to skip a call: no x32.
            var others = assembler.Jump(
                BpfInstruction.JumpEqual, uint.MaxValue, assembler.Return(profile.Fallback), assembler.Return(SeccompAction.KillThread));
            number = Search(assembler, abi, profile);
            number = assembler.Jump(BpfInstruction.JumpGreaterOrEqual, bit, others, number);
        }

        return assembler.Load(NumberOffset, number);
    }

    // The number is loaded.
    private static int Search(BpfAssembler assembler, SyscallAbi abi, (List<SeccompRule> Rules, uint Fallback) profile)
    {
        var rules = SeccompRules.For(profile.Rules, profile.Fallback, abi);
        var bit = abi == SyscallAbi.X32 ? SeccompArchitectures.X32Bit : 0;
        var ranges = rules.Ranges(profile.Fallback);
        var wide = SeccompArchitectures.HasWideArguments(abi);
        var found = Search(assembler, CollectionsMarshal.AsSpan(ranges), bit, wide);
        return rules.Newest == SyscallTable.Absent || SeccompAction.IsPermissive(profile.Fallback)
            ? found
            : assembler.Jump(BpfInstruction.JumpGreater, (uint)rules.Newest | bit, assembler.Return(SeccompAction.NotImplemented), found);
    }

    private static int Search(BpfAssembler assembler, ReadOnlySpan<SyscallRange> ranges, uint bit, bool wide)
    {
        if (ranges.Length == 1)
        {
            return Arguments(assembler, ranges[0], wide);
        }

        var middle = ranges.Length / 2;
        var upper = Search(assembler, ranges[middle..], bit, wide);
        var lower = Search(assembler, ranges[..middle], bit, wide);
        return assembler.Jump(BpfInstruction.JumpGreaterOrEqual, ranges[middle].Start | bit, upper, lower);
    }

    private static int Arguments(BpfAssembler assembler, SyscallRange range, bool wide)
    {
        var next = assembler.Return(range.Action);
        for (var i = range.Conditional.Count - 1; i >= 0; i--)
        {
            var match = assembler.Return(range.Conditional[i].Action);
            var conditions = range.Conditional[i].Conditions;
            for (var j = conditions.Length - 1; j >= 0; j--)
            {
                match = ArgumentTest.Write(assembler, conditions[j], wide, (match, next));
            }

            next = match;
        }

        return next;
    }
}
