using System.Runtime.InteropServices;
using System.Text.Json;
using Containerize.Containers;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Seccomp;
using Containerize.Runtime.Tests.Documents;
using CsCheck;
using Xunit;
using Xunit.Abstractions;

namespace Containerize.Runtime.Tests.Seccomp;

/// <summary>Our filters against libseccomp's: every number of every architecture, with arguments around those that are compared.</summary>
public class FilteringLikeLibseccomp(ITestOutputHelper output)
{
    private const int Rounds = 400;

    private static readonly SyscallAbi[] OnX64 = [SyscallAbi.X64, SyscallAbi.X86, SyscallAbi.X32];
    private static readonly SyscallAbi[] OnArm64 = [SyscallAbi.Arm64, SyscallAbi.Arm];
    private static readonly ulong[] Edges =
        [0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x1_00000000, 0x7FFFFFFF_FFFFFFFF, 0x80000000_00000000, ulong.MaxValue];
    private static readonly uint[] OddNumbers =
        [1000, 0xF0000, 0xF0001, 0xF0005, 0xF0006, 0x3FFFFFFF, 0x7FFFFFFF, 0x80000000, 0xBFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF];

    // What both know by the same number, and few enough that rules meet.
    private static readonly string[] Names =
    [
        "read", "write", "openat", "socket", "connect", "recvmmsg", "shmget", "personality", "clone", "ioctl", "writev", "_llseek", "futex_time64",
        "close_range", "no_such_call",
    ];

    private static readonly Gen<string> Actions = Gen.OneOf(
        "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP", "SCMP_ACT_LOG", "SCMP_ACT_TRACE", "SCMP_ACT_NOTIFY");

    [SkippableTheory]
    [InlineData("")]
    [InlineData("CAP_AUDIT_WRITE CAP_SYS_CHROOT")]
    [InlineData("CAP_SYS_ADMIN CAP_SYS_PTRACE CAP_SYS_TIME CAP_DAC_READ_SEARCH")]
    public void TheDefaultProfile(string capabilities)
    {
        Skip.If(Libseccomp.Missing is not null, Libseccomp.Missing);
        foreach (var native in new[] { Architecture.X64, Architecture.Arm64 })
        {
            var spec = DefaultSeccompProfile.For(capabilities.Split(' '), native);
            var tally = new Tally();
            Assert.Equal("", Difference(spec, native == Architecture.X64 ? OnX64 : OnArm64, new Random(1), (ulong.MaxValue, tally)));
            Assert.Equal(0, tally.Mistakes);
        }
    }

    [SkippableFact]
    public void RulesOfOneActionForEachCall()
    {
        Skip.If(Libseccomp.Missing is not null, Libseccomp.Missing);
        var arguments =
            from index in Gen.UInt[0, 5]
            from op in Gen.OneOf("EQ", "NE", "MASKED_EQ", "LT", "LE", "GE", "GT")
            from value in Gen.OneOf(Gen.OneOf(Edges), Gen.ULong, Gen.ULong[0, 20])
            from other in Gen.OneOf(Gen.OneOf(Edges), Gen.ULong, Gen.Const(value))
            select Profiles.Argument(index, op, value, other);

        // libseccomp joins the tests that rules of one call have in common, and then may answer what no rule does: about one call in a thousand.
        Compare(from action in Actions
                from number in Gen.UInt[0, 4095]
                from name in Gen.OneOf(Names)
                from conditions in arguments.Array[0, 3].Array[1, 5]
                select conditions.Select(c => new SyscallRule { Names = [name], Action = action, ErrnoRet = NumberOf(action, number), Args = c }).ToArray(),
                ulong.MaxValue,
                mistakesInThousand: 5);
    }

    [SkippableFact]
    public void RulesOfSeveralActionsForOneCallByOneArgument()
    {
        Skip.If(Libseccomp.Missing is not null, Libseccomp.Missing);
        Compare(from name in Gen.OneOf("openat", "personality", "ioctl", "clone")
                from op in Gen.OneOf("EQ", "GE", "GT", "LT", "LE")
                from rules in Gen.Select(Actions, Gen.ULong[0, 20]).Array[1, 5]
                select rules.DistinctBy(r => r.Item2).Select(r => Profiles.Rule(r.Item1, name, Profiles.Argument(1, op, r.Item2))).ToArray(),
                // In 64 bits it joins the tests of the upper halves, and of several rules that match takes another one.
                uint.MaxValue,
                mistakesInThousand: 0);
    }

    // The others have none (config-linux.md, Seccomp).
    private static uint? NumberOf(string action, uint? number) => action is "SCMP_ACT_ERRNO" or "SCMP_ACT_TRACE" ? number : null;

    // Several such rules beside each other, each for a call of its own.
    private void Compare(Gen<SyscallRule[]> rules, ulong mostArgument, int mistakesInThousand)
    {
        var profiles =
            from fallback in Actions.Where(a => a != "SCMP_ACT_NOTIFY")
            from errno in Gen.UInt[0, 4095].Nullable()
            from groups in rules.Array[1, 6]
            from abis in Gen.OneOf<SyscallAbi[]>(OnX64, [SyscallAbi.X64], [SyscallAbi.X64, SyscallAbi.X86], [SyscallAbi.X64, SyscallAbi.X32], OnArm64, [SyscallAbi.Arm64])
            from seed in Gen.Int
            select (Spec: new SeccompSpec
            {
                DefaultAction = fallback,
                DefaultErrnoRet = NumberOf(fallback, errno),
                Architectures = [.. abis.Select(SpecName)],
                ListenerPath = "/listener",
                Syscalls = [.. groups.DistinctBy(g => g[0].Names![0]).SelectMany(g => g).Where(r => (r.Action, r.Names![0]) != ("SCMP_ACT_NOTIFY", "write"))],
            }, Abis: abis, Seed: seed);
        var tally = new Tally();
        // The same profiles each time: libseccomp takes for ever over one in many thousands.
        var random = new PCG(1, 1);
        for (var i = 0; i < Rounds; i++)
        {
            var (spec, abis, seed) = profiles.Generate(random, null, out _);
            var difference = Difference(spec, abis, new Random(seed), (mostArgument, tally));
            tally.Refused += difference is null ? 1 : 0;
            Assert.True(difference is null or "", $"{difference} {JsonSerializer.Serialize(spec, RuntimeJson.Default.SeccompSpec)}");
        }

        output.WriteLine($"{Rounds} profiles, {tally.Refused} refused by libseccomp; {tally.Compared} calls, {tally.Mistakes} answered by it as no rule says");
        Assert.InRange(tally.Refused, 0, Rounds / 2);
        Assert.InRange(tally.Mistakes, 0, tally.Compared * mistakesInThousand / 1000);
    }

    // The first call on which two of the three disagree; empty where there is none, null where libseccomp refuses the profile.
    private static string? Difference(SeccompSpec spec, SyscallAbi[] abis, Random random, (ulong MostArgument, Tally Tally) how)
    {
        var native = abis[0] == SyscallAbi.X64 ? Architecture.X64 : Architecture.Arm64;
        var ours = Profiles.Compile(spec, native);
        var theirs = Libseccomp.Compile(spec, abis);
        if (theirs is null)
        {
            return null;
        }

        var model = new ProfileModel(spec, abis);
        var values = spec.Syscalls!.SelectMany(r => r.Args ?? []).SelectMany(a => new[] { a.Value, a.ValueTwo }).Concat(Edges).Concat([3UL, 5UL, 23UL]).ToArray();
        var numbers = Enumerable.Range(0, 600).Select(n => (uint)n).Concat(OddNumbers).ToArray();
        numbers = [.. numbers, .. numbers.Select(n => n | SeccompArchitectures.X32Bit)];
        foreach (var architecture in Enum.GetValues<SyscallAbi>().Select(SeccompArchitectures.AuditValue).Append(1u).Distinct())
        {
            foreach (var number in numbers)
            {
                for (var rounds = model.HasConditions(new(architecture, number)) ? 60 : 1; rounds > 0; rounds--)
                {
                    var call = new SyscallData(architecture, number, [.. Enumerable.Range(0, 6).Select(_ => Value(values, random) & how.MostArgument)]);
                    var answer = BpfMachine.Run(ours, call);
                    var libseccomp = model.IsNewer(call) ? Profiles.Enosys : BpfMachine.Run(theirs, call);
                    var possible = model.Answers(call);
                    if (possible?.Contains(answer) == false || (answer != libseccomp && possible?.Contains(libseccomp) != false))
                    {
                        return $"{call}: {answer:x}, libseccomp {libseccomp:x}, expected {string.Join(" or ", possible?.Select(p => $"{p:x}") ?? [])}";
                    }

                    how.Tally.Compared++;
                    how.Tally.Mistakes += answer == libseccomp ? 0 : 1;
                }
            }
        }

        return "";
    }

    private static ulong Value(ulong[] values, Random random)
    {
        var value = values[random.Next(values.Length)];
        return random.Next(8) switch
        {
            0 => value + 1,
            1 => value - 1,
            2 => value ^ (1UL << random.Next(64)),
            3 => (value & 0xFFFFFFFF) | ((ulong)random.Next(3) << 32),
            4 => (ulong)random.NextInt64(),
            _ => value,
        };
    }

    private static string SpecName(SyscallAbi abi) => abi switch
    {
        SyscallAbi.X64 => "SCMP_ARCH_X86_64",
        SyscallAbi.X86 => "SCMP_ARCH_X86",
        SyscallAbi.X32 => "SCMP_ARCH_X32",
        SyscallAbi.Arm64 => "SCMP_ARCH_AARCH64",
        _ => "SCMP_ARCH_ARM",
    };

    private sealed class Tally
    {
        public int Refused { get; set; }

        public int Compared { get; set; }

        public int Mistakes { get; set; }
    }
}
