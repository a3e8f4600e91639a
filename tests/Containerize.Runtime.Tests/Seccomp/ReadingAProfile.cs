using System.Runtime.InteropServices;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Seccomp;
using Xunit;
using static Containerize.Runtime.Tests.Seccomp.Profiles;

namespace Containerize.Runtime.Tests.Seccomp;

public class ReadingAProfile
{
    private const string Reading = "reading the container's seccomp profile: ";

    public static TheoryData<string, SeccompSpec> Bad => new()
    {
        { "an action is missing. Give defaultAction and each rule one such as SCMP_ACT_ALLOW.", Profile("", Rule("SCMP_ACT_ALLOW", "read")) },
        { "the action \"ALLOW\" is unknown. Write one such as SCMP_ACT_ALLOW or SCMP_ACT_ERRNO.", Profile("ALLOW") },
        { "the action \"SCMP_ACT_MAYBE\" is unknown. Write one such as SCMP_ACT_ALLOW or SCMP_ACT_ERRNO.", Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_MAYBE", "read")) },
        { "the error number 65536 is too large. Error numbers are below 4096 (errno(3)).", Profile("SCMP_ACT_ERRNO") with { DefaultErrnoRet = 65536 } },
        { "the operator \"SCMP_CMP_LIKE\" is unknown. Write one such as SCMP_CMP_EQ.", Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_KILL", "read", Argument(0, "LIKE", 1))) },
        { "a rule is about argument 6. System calls have the arguments 0 to 5.", Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_KILL", "read", Argument(6, "EQ", 1))) },
        { "the architecture \"SCMP_ARCH_VAX\" is unknown. Write one such as SCMP_ARCH_X86_64.", Profile("SCMP_ACT_ALLOW") with { Architectures = ["SCMP_ARCH_VAX"] } },
        { "the flag \"SECCOMP_FILTER_FLAG_FAST\" is unknown. Write one such as SECCOMP_FILTER_FLAG_LOG.", Profile("SCMP_ACT_ALLOW") with { Flags = ["SECCOMP_FILTER_FLAG_FAST"] } },
        { "SCMP_ACT_KILL has the error number 7. Give one only to SCMP_ACT_ERRNO and SCMP_ACT_TRACE.", Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_KILL", "read") with { ErrnoRet = 7 }) },
        { "SCMP_ACT_ALLOW has the error number 0. Give one only to SCMP_ACT_ERRNO and SCMP_ACT_TRACE.", Profile("SCMP_ACT_ALLOW") with { DefaultErrnoRet = 0 } },
        { "it has listenerMetadata, and there is nobody to tell it. Set listenerPath, or leave it out.", Profile("SCMP_ACT_ALLOW") with { ListenerMetadata = "" } },
        { "a rule has no names. Name its calls, or leave it out.", Profile("SCMP_ACT_ALLOW", new SyscallRule { Action = "SCMP_ACT_KILL", Names = [] }) },
        { "a rule has no names. Name its calls, or leave it out.", Profile("SCMP_ACT_ALLOW", new SyscallRule { Action = "SCMP_ACT_KILL" }) },
        { "a rule has an empty name. Leave it out.", Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_KILL", "")) },
        { "SCMP_ACT_NOTIFY is the default action. Name the calls that the listener is to handle.", Profile("SCMP_ACT_NOTIFY") },
        {
            "SCMP_ACT_NOTIFY cannot be used for the write syscall. Handle the calls that give the program its descriptors instead.",
            Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_NOTIFY", "read write")) with { ListenerPath = "/listener" }
        },
        {
            "SCMP_ACT_NOTIFY cannot be used for the sendmsg syscall. Handle the calls that give the program its descriptors instead.",
            Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_NOTIFY", "sendmsg")) with { ListenerPath = "/listener" }
        },
        { "a rule has SCMP_ACT_NOTIFY, and there is nobody to notify. Set listenerPath.", Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_NOTIFY", "mkdir")) },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void SaysWhatIsWrong(string expected, SeccompSpec spec)
    {
        var error = Assert.Throws<ContainerizeException>(() => SeccompCompiler.Compile(spec, Architecture.X64));
        Assert.Equal((6040, Reading + expected), (error.Number, error.Message));
    }

    [Theory]
    [InlineData(1100)]
    [InlineData(100_000)]
    public void TooManyConditionsAreRefused(int count)
    {
        var arguments = Enumerable.Range(0, count).Select(i => Argument(0, "EQ", (ulong)i)).ToArray();
        var error = Assert.Throws<ContainerizeException>(() => SeccompCompiler.Compile(Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_ERRNO", "read", arguments)), Architecture.X64));
        Assert.Equal(Reading + "its filter has more than the 4096 instructions that the kernel takes. Use fewer conditions.", error.Message);
    }

    [Fact]
    public void AnArgumentsNumberThatIsMissingIsZero() =>
        Assert.Equal(
            Compile(Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_ERRNO", "read", Argument(0, "EQ", 0)))),
            Compile(Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_ERRNO", "read", new SyscallArgument { Op = "SCMP_CMP_EQ" }))));

    [Fact]
    public void OneThatSaysNothingIsNoFilter() => Assert.Null(SeccompCompiler.Compile(new SeccompSpec(), Architecture.X64));

    [Fact]
    public void UnknownCallsArePassedOver() =>
        Assert.Equal(
            Compile(Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_ERRNO", "read"))),
            Compile(Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_ERRNO", "no_such_call read " + new string('x', 100)))));

    [Theory]
    [InlineData(null, 0b0000_0100)]
    [InlineData("", 0)]
    [InlineData("TSYNC", 0b0000_0001)]
    [InlineData("LOG SPEC_ALLOW", 0b0000_0110)]
    [InlineData("WAIT_KILLABLE_RECV", 0)]
    public void FlagsAreTheKernels(string? names, uint flags) =>
        Assert.Equal(flags, SeccompCompiler.Compile(Profile("SCMP_ACT_ALLOW") with { Flags = Flags(names) }, Architecture.X64)!.Flags);

    [Theory]
    [InlineData("", 0b0000_1000)]
    [InlineData("TSYNC WAIT_KILLABLE_RECV", 0b0011_1001)]
    public void AListenerHasAFlag(string names, uint flags)
    {
        var spec = Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_NOTIFY", "mkdir")) with { ListenerPath = "/listener", Flags = Flags(names) };
        var filter = SeccompCompiler.Compile(spec, Architecture.X64)!;
        Assert.Equal((flags, true), (filter.Flags, filter.WantsListener));
    }

    private static string[]? Flags(string? names) => names?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => "SECCOMP_FILTER_FLAG_" + n).ToArray();
}
