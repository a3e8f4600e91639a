using System.Text;
using Containerize.Runtime.Seccomp;
using Xunit;

namespace Containerize.Runtime.Tests.Seccomp;

public class NamingSyscalls
{
    private const int X32Bit = (int)SeccompArchitectures.X32Bit;

    // Of Linux 6.8 and later, which libseccomp 2.5 does not know.
    private static readonly string[] Newer =
    [
        "file_getattr", "file_setattr", "getxattrat", "listmount", "listxattrat", "lsm_get_self_attr", "lsm_list_modules", "lsm_set_self_attr",
        "map_shadow_stack", "mseal", "open_tree_attr", "removexattrat", "setxattrat", "statmount", "uprobe", "uretprobe",
    ];

    [Theory]
    [InlineData("openat", 257, 295, 257, 56, 322)]
    [InlineData("_llseek", -1, 140, -1, -1, 140)]
    [InlineData("writev", 20, 146, 516, 66, 146)]
    [InlineData("read", 0, 3, 0, 63, 3)]
    [InlineData("set_tls", -1, -1, -1, -1, 0xF0005)]
    [InlineData("file_setattr", 469, 469, 469, 469, 469)]
    [InlineData("opena", -1, -1, -1, -1, -1)]
    [InlineData("zzz", -1, -1, -1, -1, -1)]
    [InlineData("", -1, -1, -1, -1, -1)]
    public void EachArchitectureHasItsNumber(string name, params int[] numbers) =>
        Assert.Equal(numbers, Enum.GetValues<SyscallAbi>().Select(abi => SyscallTable.Find(Encoding.UTF8.GetBytes(name), abi)));

    [Fact]
    public void EveryRowIsFoundByItsName()
    {
        var names = Names();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.All(names, name => Assert.Contains(Enum.GetValues<SyscallAbi>(), abi => SyscallTable.Find(Encoding.UTF8.GetBytes(name), abi) >= 0));
    }

    [SkippableTheory]
    [InlineData((int)SyscallAbi.X64)]
    [InlineData((int)SyscallAbi.X86)]
    [InlineData((int)SyscallAbi.X32)]
    [InlineData((int)SyscallAbi.Arm64)]
    [InlineData((int)SyscallAbi.Arm)]
    public void LibseccompHasTheSameNumbers(int index)
    {
        Skip.If(Libseccomp.Missing is not null, Libseccomp.Missing);
        var abi = (SyscallAbi)index;
        var bit = abi == SyscallAbi.X32 ? X32Bit : 0;
        var differences = new List<string>();
        foreach (var name in Names())
        {
            var ours = SyscallTable.Find(Encoding.UTF8.GetBytes(name), abi);
            var theirs = Libseccomp.Number(abi, name);
            // Numbers below zero: not on this architecture, or (x86) an operation of socketcall or ipc beside its own number.
            var same = theirs < 0 ? ours < 0 || (abi == SyscallAbi.X86 && MultiplexedCalls.Find(name) is not null) : ours == (theirs & ~bit);
            // arm's kernel headers call its one call by two names.
            if (!same && !Newer.Contains(name) && (abi, name) != (SyscallAbi.Arm, "sync_file_range2"))
            {
                differences.Add($"{name} {ours} {theirs}");
            }
        }

        foreach (var number in Enumerable.Range(0, 1000).Concat(Enumerable.Range(0xF0000, 16)))
        {
            if (Libseccomp.Name(abi, number | bit) is { } name && SyscallTable.Find(Encoding.UTF8.GetBytes(name), abi) != number)
            {
                differences.Add($"{number} {name}");
            }
        }

        Assert.Empty(differences);
    }

    [SkippableFact]
    public void LibseccompMultiplexesTheSameCalls()
    {
        Skip.If(Libseccomp.Missing is not null, Libseccomp.Missing);
        foreach (var name in Names())
        {
            // __PNR_socket is -101 for operation 1 of socketcall, __PNR_semop -201 for that of ipc.
            (int, uint)? theirs = Libseccomp.Number(SyscallAbi.X86, name) switch
            {
                <= -100 and >= -120 and var number => (MultiplexedCalls.SocketCall, (uint)(-number - 100)),
                <= -200 and >= -224 and var number => (MultiplexedCalls.Ipc, (uint)(-number - 200)),
                _ => null,
            };
            Assert.Equal((name, theirs), (name, MultiplexedCalls.Find(name)));
        }
    }

    private static List<string> Names() =>
        [.. Encoding.UTF8.GetString(SyscallTable.All).Split([' ', '\n']).Select(row => row[..row.IndexOf(':', StringComparison.Ordinal)])];
}
