using System.Runtime.CompilerServices;

namespace Containerize.Runtime.Linux;

/// <summary>The one dangerous file: what runs in a forked child before it executes something.</summary>
/// <remarks>
/// A .NET process has more than one thread, and its child has one: whatever another thread held at the fork (the allocator's lock, a
/// garbage collection under way) stays held. So, from clone3 to execve:
/// <list type="bullet">
/// <item>system calls only through <see cref="RawSyscall"/>; no P/Invoke, no allocation, no exception, no virtual or generic call, no static field;</item>
/// <item>memory only of the stack and of plans that were made before, outside the managed heap;</item>
/// <item>the frame that called clone3 is never returned from: its return address may have been taken by the collector;</item>
/// <item>methods that the child runs are inlined, as calls could be patched by the runtime.</item>
/// </list>
/// Tests loop through this thousands of times with threads that collect garbage.
/// </remarks>
internal static unsafe class RawChild
{
    private const int SigChild = 17;
    private const int EmptyPath = 0x1000;
    private const int SetDumpable = 4;
    private const int SetDeathSignal = 1;

    // close_range takes unsigned int: the last descriptor there can be.
    private const int LastDescriptor = int.MaxValue;
    private const int CloseRangeCloseOnExec = 4;

    /// <summary>Forks the child that becomes the container's init.</summary>
    /// <param name="plan">What it does; see <see cref="Narrate"/>.</param>
    /// <param name="clone">Set up by the caller, with CLONE_PIDFD or not.</param>
    /// <returns>The child's process id, or the error number below zero.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint Fork(InitPlan* plan, CloneArguments* clone)
    {
        clone->Flags |= plan->Joins ? 0 : plan->CloneFlags;
        clone->ExitSignal = SigChild;
        var pid = RawSyscall.Call(SyscallNumber.Clone3, (nint)clone, sizeof(CloneArguments), 0, 0, 0, 0);
        if (pid != 0)
        {
            return pid < 0 ? -*RawSyscall.ErrorNumber() : pid;
        }

        Narrate(plan, clone);
        while (true)
        {
            RawSyscall.Call(SyscallNumber.ExitGroup, 127, 0, 0, 0, 0, 0);
        }
    }

    /// <summary>Forks a child that executes a program: a hook, or newuidmap.</summary>
    /// <returns>The child's process id, or the error number below zero.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint Fork(ProgramPlan* plan)
    {
        CloneArguments clone = default;
        clone.ExitSignal = SigChild;
        clone.Flags = CloneFlags.PidDescriptor;
        clone.PidDescriptor = (ulong)&plan->PidDescriptor;
        var pid = RawSyscall.Call(SyscallNumber.Clone3, (nint)(&clone), sizeof(CloneArguments), 0, 0, 0, 0);
        if (pid != 0)
        {
            return pid < 0 ? -*RawSyscall.ErrorNumber() : pid;
        }

        Execute(plan);
        while (true)
        {
            RawSyscall.Call(SyscallNumber.ExitGroup, 127, 0, 0, 0, 0, 0);
        }
    }

    /// <summary>Forks a child that executes a program as root of a user namespace, with mounts of its own.</summary>
    /// <returns>The child's process id, or the error number below zero.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint Fork(EnterPlan* plan)
    {
        CloneArguments clone = default;
        clone.ExitSignal = SigChild;
        clone.Flags = CloneFlags.PidDescriptor | (plan->Joined < 0 ? CloneFlags.NewUser | CloneFlags.NewMount : 0);
        clone.PidDescriptor = (ulong)&plan->PidDescriptor;
        var pid = RawSyscall.Call(SyscallNumber.Clone3, (nint)(&clone), sizeof(CloneArguments), 0, 0, 0, 0);
        if (pid != 0)
        {
            return pid < 0 ? -*RawSyscall.ErrorNumber() : pid;
        }

        Enter(plan);
        while (true)
        {
            RawSyscall.Call(SyscallNumber.ExitGroup, 125, 0, 0, 0, 0, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Enter(EnterPlan* plan)
    {
        RawSyscall.Call(SyscallNumber.Close, plan->ParentsGo, 0, 0, 0, 0, 0);
        if (plan->Joined >= 0)
        {
            if (RawSyscall.Call(SyscallNumber.Setns, plan->Joined, (nint)CloneFlags.NewUser, 0, 0, 0, 0) != 0
                || RawSyscall.Call(SyscallNumber.Unshare, (nint)CloneFlags.NewMount, 0, 0, 0, 0, 0) != 0)
            {
                return;
            }
        }
        else
        {
            ulong go = 0;
            if (RawSyscall.Call(SyscallNumber.Read, plan->Go, (nint)(&go), 8, 0, 0, 0) != 8)
            {
                return;
            }
        }

        if (RawSyscall.Call(SyscallNumber.Setresgid, 0, 0, 0, 0, 0, 0) != 0 || RawSyscall.Call(SyscallNumber.Setresuid, 0, 0, 0, 0, 0, 0) != 0)
        {
            return;
        }

        // Becoming another user took it away, and with it /proc/self of our own.
        RawSyscall.Call(SyscallNumber.Prctl, SetDumpable, 1, 0, 0, 0, 0);
        RawSyscall.Call(SyscallNumber.Mount, 0, (nint)plan->Root, 0, (nint)(MountFlags.Recursive | MountFlags.Slave), 0, 0);
        for (var signal = 1; signal <= 64; signal++)
        {
            RawSyscall.Call(SyscallNumber.RtSigaction, signal, (nint)plan->DefaultAction, 0, 8, 0, 0);
        }

        RawSyscall.Call(SyscallNumber.Execve, (nint)plan->Path, (nint)plan->Arguments, (nint)plan->Environment, 0, 0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Narrate(InitPlan* plan, CloneArguments* clone)
    {
        // With it open the parent's end would not be seen here, and the container's lock kept for ever by a child that waits.
        RawSyscall.Call(SyscallNumber.Close, plan->ParentChannel, 0, 0, 0, 0, 0);
        if (plan->Joins)
        {
            // In the container's namespaces our executable is still the host's: nobody in there may look (CVE-2019-5736). With
            // maps to come, /proc/PID/uid_map has to stay the parent's.
            if (!plan->UnshareUser)
            {
                RawSyscall.Call(SyscallNumber.Prctl, SetDumpable, 0, 0, 0, 0, 0);
            }

            for (var i = 0; i < plan->JoinCount; i++)
            {
                if (RawSyscall.Call(SyscallNumber.Setns, plan->JoinDescriptors[i], (nint)plan->JoinFlags[i], 0, 0, 0, 0) != 0)
                {
                    Fail(plan->Channel, RawStep.Join, i);
                }
            }

            CloseOthers(plan);
            if (plan->UnshareUser)
            {
                if (RawSyscall.Call(SyscallNumber.Unshare, (nint)CloneFlags.NewUser, 0, 0, 0, 0, 0) != 0)
                {
                    Fail(plan->Channel, RawStep.UnshareUser, 0);
                }

                Tell(plan->Channel, SyncKind.NeedsIdMaps, 0);
                WaitForGo(plan->Channel);
            }

            if (plan->BecomeRoot)
            {
                BecomeRoot(plan->Channel);
            }

            if (plan->UnshareTime)
            {
                if (RawSyscall.Call(SyscallNumber.Unshare, (nint)CloneFlags.NewTime, 0, 0, 0, 0, 0) != 0)
                {
                    Fail(plan->Channel, RawStep.UnshareTime, 0);
                }

                Tell(plan->Channel, SyncKind.NeedsTimeOffsets, 0);
                WaitForGo(plan->Channel);
            }

            // CLONE_PARENT: the second is our parent's child, as the first goes.
            clone->Flags = plan->CloneFlags | CloneFlags.Parent;
            clone->ExitSignal = 0;
            clone->PidDescriptor = 0;
            var second = RawSyscall.Call(SyscallNumber.Clone3, (nint)clone, sizeof(CloneArguments), 0, 0, 0, 0);
            if (second != 0)
            {
                if (second < 0)
                {
                    Fail(plan->Channel, RawStep.SecondClone, 0);
                }

                Tell(plan->Channel, SyncKind.SecondChild, (int)second);
                RawSyscall.Call(SyscallNumber.ExitGroup, 0, 0, 0, 0, 0, 0);
            }
        }

        if (!plan->Joins)
        {
            CloseOthers(plan);
        }

        if (plan->Waits)
        {
            WaitForGo(plan->Channel);
        }

        RawSyscall.Call(SyscallNumber.Prctl, SetDumpable, 0, 0, 0, 0, 0);
        if (RawSyscall.Call(SyscallNumber.Setsid, 0, 0, 0, 0, 0, 0) < 0)
        {
            Fail(plan->Channel, RawStep.NewSession, 0);
        }

        if (plan->BecomeRoot && !plan->Joins)
        {
            BecomeRoot(plan->Channel);
        }

        RawSyscall.Call(SyscallNumber.Execveat, plan->Executable, (nint)plan->EmptyPath, (nint)plan->Arguments, (nint)plan->Environment, EmptyPath, 0);
        Fail(plan->Channel, RawStep.Execute, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Execute(ProgramPlan* plan)
    {
        for (var i = 0; i < 3; i++)
        {
            if (RawSyscall.Call(SyscallNumber.Dup3, plan->Standard[i], i, 0, 0, 0, 0) < 0)
            {
                return;
            }
        }

        // .NET ignores SIGPIPE, which execve would hand on.
        for (var signal = 1; signal <= 64; signal++)
        {
            RawSyscall.Call(SyscallNumber.RtSigaction, signal, (nint)plan->DefaultAction, 0, 8, 0, 0);
        }

        RawSyscall.Call(SyscallNumber.RtSigprocmask, 2, (nint)plan->EmptySignalSet, 0, 8, 0, 0);
        if (!plan->KeepsSession)
        {
            RawSyscall.Call(SyscallNumber.Setsid, 0, 0, 0, 0, 0, 0);
        }

        RawSyscall.Call(SyscallNumber.CloseRange, 3, LastDescriptor, CloseRangeCloseOnExec, 0, 0, 0);
        if (plan->DeathSignal != 0)
        {
            RawSyscall.Call(SyscallNumber.Prctl, SetDeathSignal, plan->DeathSignal, 0, 0, 0, 0);
        }

        RawSyscall.Call(SyscallNumber.Execve, (nint)plan->Path, (nint)plan->Arguments, (nint)plan->Environment, 0, 0, 0);
    }

    // Our parent's are directories of the host, which /proc/PID/fd would show to the container.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CloseOthers(InitPlan* plan)
    {
        var from = plan->FirstClosed;
        for (var i = 0; i < plan->KeptCount; i++)
        {
            if (plan->Kept[i] > from)
            {
                RawSyscall.Call(SyscallNumber.CloseRange, from, plan->Kept[i] - 1, 0, 0, 0, 0);
            }

            from = plan->Kept[i] >= from ? plan->Kept[i] + 1 : from;
        }

        RawSyscall.Call(SyscallNumber.CloseRange, from, LastDescriptor, 0, 0, 0, 0);
    }

    // In the order in which the rights to the next are still there.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void BecomeRoot(int channel)
    {
        if (RawSyscall.Call(SyscallNumber.Setresgid, 0, 0, 0, 0, 0, 0) != 0 || RawSyscall.Call(SyscallNumber.Setresuid, 0, 0, 0, 0, 0, 0) != 0)
        {
            Fail(channel, RawStep.BecomeRoot, 0);
        }
    }

    // The parent answers with eight bytes; their end is its end, and then there is nobody to be a container for.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WaitForGo(int channel)
    {
        ulong go = 0;
        if (RawSyscall.Call(SyscallNumber.Read, channel, (nint)(&go), 8, 0, 0, 0) != 8)
        {
            RawSyscall.Call(SyscallNumber.ExitGroup, 1, 0, 0, 0, 0, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tell(int channel, SyncKind kind, int value)
    {
        // As SyncChannel frames it: the kind, the length of what follows, and here four bytes of it.
        var message = stackalloc int[3];
        message[0] = (int)kind;
        message[1] = 4;
        message[2] = value;
        RawSyscall.Call(SyscallNumber.Write, channel, (nint)message, 12, 0, 0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fail(int channel, RawStep step, int which)
    {
        var message = stackalloc int[5];
        message[0] = (int)SyncKind.RawFailure;
        message[1] = 12;
        message[2] = (int)step;
        message[3] = which;
        message[4] = *RawSyscall.ErrorNumber();
        RawSyscall.Call(SyscallNumber.Write, channel, (nint)message, 20, 0, 0, 0);
        RawSyscall.Call(SyscallNumber.ExitGroup, 1, 0, 0, 0, 0, 0);
    }
}
