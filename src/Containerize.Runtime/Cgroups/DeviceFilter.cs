using System.Runtime.InteropServices;

namespace Containerize.Runtime.Cgroups;

/// <summary>Loads device programs and attaches them to a cgroup of version 2 (bpf(2)).</summary>
internal static unsafe class DeviceFilter
{
    private const int ProgramLoad = 5;
    private const int ProgramAttach = 8;
    private const int ProgramDetach = 9;
    private const int DescriptorOfProgram = 13;
    private const int ProgramQuery = 16;
    private const int CgroupDeviceProgram = 15;
    private const int CgroupDevice = 6;
    private const int AllowMulti = 2;
    private const int Replace = 4;

    // A cgroup takes no more (BPF_CGROUP_MAX_PROGS).
    private const int MostPrograms = 64;

    /// <summary>Makes a program the cgroup's only one.</summary>
    /// <exception cref="SyscallException">The kernel refuses it.</exception>
    public static void Attach(CgroupDirectory directory, BpfInstruction[] program)
    {
        using var loaded = new Descriptor((int)Syscall.Check(Load(program), "bpf", "BPF_PROG_LOAD of a device filter"));
        var old = new List<Descriptor>();
        try
        {
            foreach (var id in Attached(directory))
            {
                // A program that we may not open only forbids more: it can stay.
                var opened = Call(DescriptorOfProgram, [id, 0, 0]);
                if (opened >= 0)
                {
                    old.Add(new Descriptor((int)opened));
                }
            }

            // With one program the change is made at one stroke; with several, ours joins before the others go, so nothing is open meanwhile.
            var result = old.Count == 1
                ? Call(ProgramAttach, [(uint)directory.Number, (uint)loaded.Number, CgroupDevice, AllowMulti | Replace, (uint)old[0].Number])
                : -Errno.EINVAL;
            if (result >= 0)
            {
                return;
            }

            result = Call(ProgramAttach, [(uint)directory.Number, (uint)loaded.Number, CgroupDevice, AllowMulti]);
            Syscall.Check(result, "bpf", $"BPF_PROG_ATTACH of a device filter to {directory.Path}");
            foreach (var program2 in old)
            {
                result = Call(ProgramDetach, [(uint)directory.Number, (uint)program2.Number, CgroupDevice]);
                Syscall.Check(result, "bpf", $"BPF_PROG_DETACH of an old device filter from {directory.Path}");
            }
        }
        finally
        {
            foreach (var program2 in old)
            {
                program2.Dispose();
            }
        }
    }

    /// <summary>The ids of the cgroup's own programs.</summary>
    /// <exception cref="SyscallException">The kernel does not say.</exception>
    public static uint[] Attached(CgroupDirectory directory)
    {
        var ids = (uint*)NativeMemory.AllocZeroed(MostPrograms, sizeof(uint));
        try
        {
            // target_fd, attach_type, query_flags, attach_flags, prog_ids, prog_cnt.
            var address = (ulong)ids;
            var request = stackalloc uint[8] { (uint)directory.Number, CgroupDevice, 0, 0, (uint)address, (uint)(address >> 32), MostPrograms, 0 };
            Syscall.Check(Syscall.Try(SyscallNumber.Bpf, ProgramQuery, (nint)request, 32), "bpf", $"BPF_PROG_QUERY of {directory.Path}");
            return new ReadOnlySpan<uint>(ids, (int)request[6]).ToArray();
        }
        finally
        {
            NativeMemory.Free(ids);
        }
    }

    // union bpf_attr begins with prog_type, insn_cnt, insns, license, log_level, log_size, log_buf, kern_version, prog_flags.
    private static nint Load(BpfInstruction[] program)
    {
        var license = "MIT\0"u8;
        fixed (BpfInstruction* instructions = program)
        fixed (byte* name = license)
        {
            var request = stackalloc ulong[6] { CgroupDeviceProgram | ((ulong)program.Length << 32), (ulong)instructions, (ulong)name, 0, 0, 0 };
            return Syscall.Try(SyscallNumber.Bpf, ProgramLoad, (nint)request, 48);
        }
    }

    private static nint Call(int command, ReadOnlySpan<uint> values)
    {
        fixed (uint* request = values)
        {
            return Syscall.Try(SyscallNumber.Bpf, command, (nint)request, values.Length * sizeof(uint));
        }
    }
}
