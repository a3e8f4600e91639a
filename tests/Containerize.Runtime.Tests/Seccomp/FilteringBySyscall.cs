using System.Runtime.InteropServices;
using Containerize.Containers;
using Containerize.Runtime.Seccomp;
using Xunit;
using Xunit.Abstractions;
using static Containerize.Runtime.Tests.Seccomp.Profiles;

namespace Containerize.Runtime.Tests.Seccomp;

public class FilteringBySyscall(ITestOutputHelper output)
{
    private const uint Eperm = 0x00050001;
    private const uint X64 = 0xC000003E;

    [Fact]
    public void DeniesWhatIsNotNamed()
    {
        var program = Compile(Profile("SCMP_ACT_ERRNO", Rule("SCMP_ACT_ALLOW", "openat read close_range")));
        Assert.Equal(
            [Allow, Allow, Allow, Eperm, Eperm, Enosys],
            new[] { "openat", "read", "close_range", "write", "pidfd_open", "mount_setattr" }.Select(name => Run(program, SyscallAbi.X64, name)));
    }

    [Theory]
    [InlineData("SCMP_ACT_KILL", null, 0x00000000)]
    [InlineData("SCMP_ACT_KILL_THREAD", null, 0x00000000)]
    [InlineData("SCMP_ACT_KILL_PROCESS", null, 0x80000000)]
    [InlineData("SCMP_ACT_TRAP", null, 0x00030000)]
    [InlineData("SCMP_ACT_ERRNO", null, 0x00050001)]
    [InlineData("SCMP_ACT_ERRNO", 0u, 0x00050000)]
    [InlineData("SCMP_ACT_ERRNO", 38u, 0x00050026)]
    [InlineData("SCMP_ACT_TRACE", 5u, 0x7FF00005)]
    [InlineData("SCMP_ACT_NOTIFY", null, 0x7FC00000)]
    [InlineData("SCMP_ACT_LOG", null, 0x7FFC0000)]
    public void EveryActionIsTheKernels(string action, uint? errno, uint value)
    {
        var spec = Profile("SCMP_ACT_ALLOW", Rule(action, "getpid") with { ErrnoRet = errno }) with { ListenerPath = "/listener" };
        Assert.Equal(value, Run(Compile(spec), SyscallAbi.X64, "getpid"));
    }

    [Fact]
    public void OtherArchitecturesEndTheThread()
    {
        var program = Compile(Profile("SCMP_ACT_ALLOW"));
        Assert.Equal(
            [Allow, KillThread, KillThread, KillThread],
            Enum.GetValues<SyscallAbi>()[..4].Select(abi => Run(program, abi, "openat")));
    }

    [Fact]
    public void X32IsNoWayAroundX64()
    {
        var spec = Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_ERRNO", "mount"));
        Assert.Equal(KillThread, Run(Compile(spec), SyscallAbi.X32, "mount"));
        Assert.Equal(Eperm, Run(Compile(spec with { Architectures = ["SCMP_ARCH_X32"] }), SyscallAbi.X32, "mount"));
        // A tracer's -1 is no call of x32.
        Assert.Equal(Allow, BpfMachine.Run(Compile(spec), new(X64, uint.MaxValue)));
    }

    [Fact]
    public void TheMachinesOwnArchitectureIsAlwaysThere()
    {
        var program = Compile(Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_ERRNO", "mount")) with { Architectures = ["SCMP_ARCH_X86", "SCMP_ARCH_S390X", "SCMP_ARCH_AARCH64"] });
        Assert.Equal(
            [Eperm, Eperm, KillThread, KillThread, KillThread],
            Enum.GetValues<SyscallAbi>().Select(abi => Run(program, abi, "mount")));
    }

    [Fact]
    public void NewerCallsAreUnknownOnlyWhereOthersAreRefused()
    {
        uint Newer(string fallback) => BpfMachine.Run(Compile(Profile(fallback, Rule("SCMP_ACT_TRAP", "openat mseal"))), new(X64, 463));
        Assert.Equal(
            [Allow, 0x7FFC0000, 0x7FF00001, Enosys, Enosys, Enosys],
            new[] { "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_TRACE", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS" }.Select(Newer));
    }

    [Fact]
    public void ARuleThatSaysTheDefaultStillTellsWhatIsKnown()
    {
        var program = Compile(Profile("SCMP_ACT_ERRNO", Rule("SCMP_ACT_ALLOW", "read"), Rule("SCMP_ACT_ERRNO", "mseal")));
        Assert.Equal([Eperm, Enosys], new uint[] { 462, 463 }.Select(number => BpfMachine.Run(program, new(X64, number))));
    }

    [Fact]
    public void ArgumentsAreComparedInAllTheirBits()
    {
        var program = Compile(Profile("SCMP_ACT_ERRNO", Rule("SCMP_ACT_ALLOW", "personality", Argument(0, "EQ", 0xFFFFFFFF))));
        Assert.Equal(
            [Allow, Eperm, Eperm],
            new ulong[] { 0xFFFFFFFF, 0x1_FFFFFFFF, ulong.MaxValue }.Select(a => Run(program, SyscallAbi.X64, "personality", a)));
    }

    [Fact]
    public void ConditionsOnDifferentArgumentsMustAllHold()
    {
        var program = Compile(Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_ERRNO", "socket", Argument(2, "EQ", 9), Argument(0, "EQ", 16))));
        Assert.Equal(
            [Eperm, Allow, Allow],
            new ulong[][] { [16, 3, 9], [16, 3, 0], [2, 1, 9] }.Select(a => Run(program, SyscallAbi.X64, "socket", a)));
    }

    [Fact]
    public void ConditionsOnOneArgumentAreAlternatives()
    {
        var program = Compile(Profile("SCMP_ACT_ERRNO", Rule("SCMP_ACT_ALLOW", "socket", Argument(0, "EQ", 1), Argument(0, "EQ", 2), Argument(1, "EQ", 5))));
        Assert.Equal(
            [Allow, Allow, Allow, Eperm],
            new ulong[][] { [1, 0], [2, 0], [3, 5], [3, 0] }.Select(a => Run(program, SyscallAbi.X64, "socket", a)));
    }

    [Fact]
    public void TheFirstRuleWithoutConditionsIsTheOnlyOne()
    {
        var program = Compile(Profile(
            "SCMP_ACT_KILL",
            Rule("SCMP_ACT_LOG", "clone", Argument(0, "EQ", 1)),
            Rule("SCMP_ACT_ALLOW", "clone"),
            Rule("SCMP_ACT_ERRNO", "clone"),
            Rule("SCMP_ACT_ERRNO", "clone", Argument(0, "EQ", 2))));
        Assert.Equal([Allow, Allow], new ulong[] { 1, 2 }.Select(a => Run(program, SyscallAbi.X64, "clone", a)));
    }

    [Fact]
    public void OfTwoActionsForTheSameTheStricterOneCounts()
    {
        var program = Compile(Profile("SCMP_ACT_LOG", Rule("SCMP_ACT_ALLOW", "clone", Argument(0, "EQ", 1)), Rule("SCMP_ACT_ERRNO", "clone", Argument(0, "EQ", 1))));
        Assert.Equal(Eperm, Run(program, SyscallAbi.X64, "clone", 1));
    }

    [Fact]
    public void OperationsOfSocketcallAreTheCallsTheyStandFor()
    {
        var program = Compile(Profile("SCMP_ACT_ERRNO", Rule("SCMP_ACT_ALLOW", "socket accept")) with { Architectures = ["SCMP_ARCH_X86"] });
        Assert.Equal(
            [Allow, Allow, Eperm, Allow],
            new[]
            {
                Run(program, SyscallAbi.X86, "socketcall", 1),
                Run(program, SyscallAbi.X86, "socketcall", 5),
                Run(program, SyscallAbi.X86, "socketcall", 2),
                Run(program, SyscallAbi.X86, "socket"),
            });
    }

    [Theory]
    [InlineData(Architecture.X64)]
    [InlineData(Architecture.Arm64)]
    public void TheDefaultProfileIsShortAndQuick(Architecture native)
    {
        var program = Compile(DefaultSeccompProfile.For([], native), native);
        var abis = native == Architecture.X64 ? new[] { SyscallAbi.X64, SyscallAbi.X86, SyscallAbi.X32 } : [SyscallAbi.Arm64, SyscallAbi.Arm];
        var most = 0;
        foreach (var abi in abis)
        {
            for (var number = 0u; number < 1000; number++)
            {
                var bit = abi == SyscallAbi.X32 ? SeccompArchitectures.X32Bit : 0;
                BpfMachine.Run(program, new(SeccompArchitectures.AuditValue(abi), number | bit), out var steps);
                most = Math.Max(most, steps);
            }
        }

        output.WriteLine($"{native}: {program.Length} instructions, at most {most} of them for a call");
        Assert.InRange(program.Length, 100, 1000);
        Assert.InRange(most, 5, 40);
    }

    [Fact]
    public void JumpsReachOverMoreThanAByteCounts()
    {
        // 300 alternatives of 4 instructions, the last one's action behind them all.
        var arguments = Enumerable.Range(0, 300).Select(i => Argument(0, "EQ", (ulong)i << 32)).ToArray();
        var program = Compile(Profile("SCMP_ACT_KILL", Rule("SCMP_ACT_ALLOW", "read write", arguments), Rule("SCMP_ACT_TRAP", "close")));
        Assert.InRange(program.Length, 2400, 4096);
        Assert.Equal(
            [Allow, Allow, KillThread, KillThread, 0x00030000u],
            new[]
            {
                Run(program, SyscallAbi.X64, "read", 0),
                Run(program, SyscallAbi.X64, "write", 299UL << 32),
                Run(program, SyscallAbi.X64, "write", 300UL << 32),
                Run(program, SyscallAbi.X64, "read", 1),
                Run(program, SyscallAbi.X64, "close"),
            });
    }
}
