using System.Runtime.InteropServices;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Seccomp;

namespace Containerize.Runtime.Tests.Seccomp;

/// <summary>libseccomp itself, called as runc calls it (libcontainer/seccomp), without runc's own ENOSYS.</summary>
internal static partial class Libseccomp
{
    private const string Library = "libseccomp.so.2";
    private const int Unknown = -1;

    private static readonly Lazy<bool> Loads = new(() => NativeLibrary.TryLoad(Library, out _));

    /// <summary>Why it cannot be asked; null where it can.</summary>
    public static string? Missing =>
        !Loads.Value ? "libseccomp.so.2 is not installed (apt-get install libseccomp2)"
        : RuntimeInformation.ProcessArchitecture != Architecture.X64 ? "the comparison expects libseccomp of x86-64"
        : null;

    /// <summary>libseccomp's name of an architecture.</summary>
    public static uint Token(SyscallAbi abi) => abi == SyscallAbi.X32 ? 0x4000003E : SeccompArchitectures.AuditValue(abi);

    /// <summary>The name of a number.</summary>
    public static string? Name(SyscallAbi abi, int number)
    {
        var text = seccomp_syscall_resolve_num_arch(Token(abi), number);
        var name = Marshal.PtrToStringUTF8(text);
        Marshal.FreeHGlobal(text);
        return name;
    }

    /// <summary>The number of a name: below -1 where the architecture does not have it, -1 where no architecture has.</summary>
    public static int Number(SyscallAbi abi, string name) => seccomp_syscall_resolve_name_arch(Token(abi), name);

    /// <summary>The filter of a profile; null where libseccomp refuses to have two actions for the same.</summary>
    public static unsafe BpfInstruction[]? Compile(SeccompSpec spec, IReadOnlyList<SyscallAbi> abis)
    {
        var fallback = Action(spec.DefaultAction!, spec.DefaultErrnoRet);
        var context = seccomp_init(fallback);
        try
        {
            foreach (var abi in abis)
            {
                Assert(seccomp_arch_add(context, Token(abi)), -17);
            }

            if (!abis.Contains(SyscallAbi.X64))
            {
                Assert(seccomp_arch_remove(context, Token(SyscallAbi.X64)));
            }

            foreach (var rule in spec.Syscalls!)
            {
                var action = Action(rule.Action!, rule.ErrnoRet);
                var conditions = (rule.Args ?? []).Select(Comparison.Of).ToArray();
                var alternatives = conditions.GroupBy(c => c.Argument).Any(g => g.Count() > 1) ? conditions.Select(c => new[] { c }).ToArray() : [conditions];
                foreach (var name in rule.Names!.Where(_ => action != fallback))
                {
                    var number = Number(SyscallAbi.X64, name);
                    foreach (var alternative in alternatives.Where(_ => number != Unknown))
                    {
                        fixed (Comparison* first = alternative)
                        {
                            const int Exists = -17;
                            var result = seccomp_rule_add_array(context, action, number, (uint)alternative.Length, first);
                            if (result == Exists)
                            {
                                return null;
                            }

                            Assert(result);
                        }
                    }
                }
            }

            return Export(context);
        }
        finally
        {
            seccomp_release(context);
        }
    }

    private static unsafe BpfInstruction[] Export(nint context)
    {
        using var name = new NativeText("filter");
        using var file = new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.MemfdCreate, name.Address), "memfd_create"));
        Assert(seccomp_export_bpf(context, file.Number));
        Syscall.Check(Syscall.Try(SyscallNumber.Lseek, file.Number), "lseek");
        var bytes = FileSystem.ReadToEnd(file.Number, 1 << 20, "filter");
        return MemoryMarshal.Cast<byte, BpfInstruction>(bytes).ToArray();
    }

    private static uint Action(string action, uint? errno) => action switch
    {
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => 0,
        "SCMP_ACT_KILL_PROCESS" => 0x80000000,
        "SCMP_ACT_TRAP" => 0x00030000,
        "SCMP_ACT_ERRNO" => 0x00050000 | (errno ?? 1),
        "SCMP_ACT_TRACE" => 0x7FF00000 | (errno ?? 1),
        "SCMP_ACT_NOTIFY" => 0x7FC00000,
        "SCMP_ACT_LOG" => 0x7FFC0000,
        "SCMP_ACT_ALLOW" => 0x7FFF0000,
        _ => throw new ArgumentException(action),
    };

    private static void Assert(int result, int alsoGood = 0)
    {
        if (result != 0 && result != alsoGood)
        {
            throw new InvalidOperationException($"libseccomp says {result}");
        }
    }

    [LibraryImport(Library)]
    private static partial nint seccomp_init(uint fallback);

    [LibraryImport(Library)]
    private static partial void seccomp_release(nint context);

    [LibraryImport(Library)]
    private static partial int seccomp_arch_add(nint context, uint architecture);

    [LibraryImport(Library)]
    private static partial int seccomp_arch_remove(nint context, uint architecture);

    [LibraryImport(Library)]
    private static unsafe partial int seccomp_rule_add_array(nint context, uint action, int number, uint count, Comparison* first);

    [LibraryImport(Library)]
    private static partial int seccomp_export_bpf(nint context, int descriptor);

    [LibraryImport(Library)]
    private static partial nint seccomp_syscall_resolve_num_arch(uint architecture, int number);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int seccomp_syscall_resolve_name_arch(uint architecture, string name);

    // struct scmp_arg_cmp
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Comparison(uint Argument, int Operator, ulong One, ulong Two)
    {
        public static Comparison Of(SyscallArgument argument)
        {
            string[] operators = ["", "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ"];
            return new(argument.Index, Array.IndexOf(operators, argument.Op), argument.Value, argument.ValueTwo);
        }
    }
}
