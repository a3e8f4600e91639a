using static Containerize.Runtime.Cgroups.BpfInstruction;

namespace Containerize.Runtime.Cgroups;

/// <summary>Rules on devices as an eBPF program, which is how version 2 has them (BPF_PROG_TYPE_CGROUP_DEVICE).</summary>
/// <remarks>
/// The kernel asks once for all access that is wanted. The rules are gone through from the last to the first, and each letter of the
/// access is decided by the first rule that speaks of it: a denied one ends the matter, an allowed one is taken off, and when none is
/// left the answer is yes. Unlike the controller of version 1 this can express a rule that takes from a wider one.
/// </remarks>
internal static class DeviceProgram
{
    private const int Result = 0;
    private const int Context = 1;
    private const int Type = 2;
    private const int Wanted = 3;
    private const int Major = 4;
    private const int Minor = 5;

    /// <summary>Compiles the rules; without any that matches a device is denied.</summary>
    public static BpfInstruction[] Compile(IReadOnlyList<DevicePermission> rules)
    {
        // struct bpf_cgroup_dev_ctx: access << 16 | type, major, minor.
        List<BpfInstruction> program =
        [
            From(LoadWord, Type, Context),
            From(Copy, Wanted, Type),
            With(And, Type, 0xffff),
            With(ShiftRight, Wanted, 16),
            From(LoadWord, Major, Context, 4),
            From(LoadWord, Minor, Context, 8),
        ];
        for (var i = rules.Count - 1; i >= 0; i--)
        {
            if (rules[i].IsAll)
            {
                End(program, rules[i].Allow);
                return [.. program];
            }

            Append(program, rules[i]);
        }

        End(program, allow: false);
        return [.. program];
    }

    private static void Append(List<BpfInstruction> program, DevicePermission rule)
    {
        // Block devices are 1 and character devices 2 (BPF_DEVCG_DEV_*).
        var conditions = new List<BpfInstruction> { With(JumpIfNotEqual, Type, rule.Type == 'b' ? 1 : 2) };
        if (rule.Major >= 0)
        {
            conditions.Add(With(JumpIfNotEqual, Major, unchecked((int)rule.Major)));
        }

        if (rule.Minor >= 0)
        {
            conditions.Add(With(JumpIfNotEqual, Minor, unchecked((int)rule.Minor)));
        }

        List<BpfInstruction> body = [];
        if (rule.Allow)
        {
            body.Add(With(And, Wanted, (int)(DeviceAccess.All & ~rule.Access)));
            body.Add(With(JumpIfNotEqual, Wanted, 0, 2));
        }
        else if (rule.Access != DeviceAccess.All)
        {
            body.Add(From(Copy, Result, Wanted));
            body.Add(With(And, Result, (int)rule.Access));
            body.Add(With(JumpIfEqual, Result, 0, 2));
        }

        End(body, rule.Allow);
        for (var i = 0; i < conditions.Count; i++)
        {
            program.Add(conditions[i] with { Offset = (short)(conditions.Count - 1 - i + body.Count) });
        }

        program.AddRange(body);
    }

    private static void End(List<BpfInstruction> program, bool allow)
    {
        program.Add(With(Move, Result, allow ? 1 : 0));
        program.Add(With(Exit, 0, 0));
    }
}
