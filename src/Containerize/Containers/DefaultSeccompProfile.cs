using System.Runtime.InteropServices;
using Containerize.Oci.Runtime;

namespace Containerize.Containers;

/// <summary>The seccomp profile that containers get unless they ask for another: what podman's default allows, and ENOSYS for the rest.</summary>
/// <remarks>
/// The facts are those of seccomp.json of containers/common 0.50.1 (Apache-2.0, THIRD-PARTY-NOTICES.md), its parts that depend on capabilities
/// and on the machine resolved. Calls that need a capability which the container does not have say EPERM, as the kernel would; calls that the
/// profile does not know are unknown, so that programs use what they used before.
/// </remarks>
public static class DefaultSeccompProfile
{
    private const string AllowAction = "SCMP_ACT_ALLOW";
    private const string ErrnoAction = "SCMP_ACT_ERRNO";
    private const uint Eperm = 1;
    private const uint Einval = 22;
    private const uint Enosys = 38;

    // Refused whatever the capabilities.
    private const string Denied = """
        bdflush io_pgetevents kexec_file_load kexec_load migrate_pages move_pages nfsservctl nice oldfstat oldlstat oldolduname
        oldstat olduname pciconfig_iobase pciconfig_read pciconfig_write sgetmask ssetmask swapcontext swapoff swapon sysfs uselib
        userfaultfd ustat vm86 vm86old vmsplice
        """;

    private const string Allowed = """
        _llseek _newselect accept accept4 access adjtimex alarm bind brk capget capset chdir chmod chown chown32 clock_adjtime
        clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 clone
        clone3 close close_range connect copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old
        epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2
        fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchown fchown32 fchownat fcntl fcntl64 fdatasync
        fgetxattr flistxattr flock fork fremovexattr fsconfig fsetxattr fsmount fsopen fspick fstat fstat64 fstatat64 fstatfs
        fstatfs64 fsync ftruncate ftruncate64 futex futex_time64 futimesat get_mempolicy get_robust_list get_thread_area getcpu
        getcwd getdents getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getitimer getpeername
        getpgid getpgrp getpid getppid getpriority getrandom getresgid getresgid32 getresuid getresuid32 getrlimit getrusage getsid
        getsockname getsockopt gettid gettimeofday getuid getuid32 getxattr inotify_add_watch inotify_init inotify_init1
        inotify_rm_watch io_cancel io_destroy io_getevents io_setup io_submit ioctl ioprio_get ioprio_set ipc keyctl kill
        landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lchown32 lgetxattr link linkat listen listxattr
        llistxattr lremovexattr lseek lsetxattr lstat lstat64 madvise mbind membarrier memfd_create memfd_secret mincore mkdir
        mkdirat mknod mknodat mlock mlock2 mlockall mmap mmap2 mount mount_setattr move_mount mprotect mq_getsetattr mq_notify
        mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap msgctl msgget msgrcv msgsnd
        msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat open open_tree openat openat2 pause pidfd_getfd
        pidfd_open pidfd_send_signal pipe pipe2 pivot_root pkey_alloc pkey_free pkey_mprotect poll ppoll ppoll_time64 prctl pread64
        preadv preadv2 prlimit64 process_mrelease process_vm_readv process_vm_writev pselect6 pselect6_time64 ptrace pwrite64
        pwritev pwritev2 read readahead readdir readlink readlinkat readv reboot recv recvfrom recvmmsg recvmmsg_time64 recvmsg
        remap_file_pages removexattr rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask
        rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_get_priority_max
        sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval
        sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select
        semctl semget semop semtimedop semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto set_mempolicy
        set_robust_list set_thread_area set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups
        setgroups32 setitimer setns setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid
        setreuid32 setrlimit setsid setsockopt setuid setuid32 setxattr shmat shmctl shmdt shmget shutdown sigaction sigaltstack
        signal signalfd signalfd4 sigpending sigprocmask sigreturn sigsuspend socketcall socketpair splice stat stat64 statfs
        statfs64 statx symlink symlinkat sync sync_file_range syncfs syscall sysinfo syslog tee tgkill time timer_create
        timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd timerfd_create
        timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask umount
        umount2 uname unlink unlinkat unshare utime utimensat utimensat_time64 utimes vfork wait4 waitid waitpid write writev
        """;

    private const string AllowedOnArm = "arm_fadvise64_64 arm_sync_file_range breakpoint cacheflush set_tls sync_file_range2";

    private const string AllowedOnX64 = "arch_prctl modify_ldt";

    // A capability, and what is allowed with it and refused without.
    private static string[] ByCapability() =>
    [
        "CAP_DAC_READ_SEARCH", "open_by_handle_at",
        "CAP_SYS_ADMIN", "bpf fanotify_init lookup_dcookie perf_event_open quotactl setdomainname sethostname setns",
        "CAP_SYS_CHROOT", "chroot",
        "CAP_SYS_MODULE", "delete_module finit_module init_module query_module",
        "CAP_SYS_PACCT", "acct",
        "CAP_SYS_PTRACE", "kcmp process_madvise",
        "CAP_SYS_RAWIO", "ioperm iopl",
        "CAP_SYS_TIME", "clock_settime clock_settime64 settimeofday stime",
        "CAP_SYS_TTY_CONFIG", "vhangup",
    ];

    // The domains of personality(2) that change nothing but what a program asks for itself: PER_LINUX, UNAME26, PER_LINUX32 and both; and the query.
    private static ReadOnlySpan<ulong> Personalities => [0x0, 0x8, 0x20000, 0x20008, 0xFFFFFFFF];

    /// <summary>The profile.</summary>
    /// <param name="capabilities">The capabilities that the container may have, as CAP_SYS_ADMIN: its bounding set.</param>
    /// <param name="architecture">The machine.</param>
    public static SeccompSpec For(IReadOnlyCollection<string> capabilities, Architecture architecture)
    {
        var rules = new List<SyscallRule> { Deny(Denied), Allow(Allowed) };
        foreach (var personality in Personalities)
        {
            rules.Add(Allow("personality", Argument(0, "SCMP_CMP_EQ", personality)));
        }

        if (architecture == Architecture.Arm64)
        {
            rules.Add(Allow(AllowedOnArm));
        }
        else if (architecture == Architecture.X64)
        {
            rules.Add(Allow(AllowedOnX64));
        }

        var byCapability = ByCapability();
        for (var i = 0; i < byCapability.Length; i += 2)
        {
            var names = byCapability[i + 1];
            rules.Add(capabilities.Contains(byCapability[i]) ? Allow(names) : Deny(names));
        }

        AddSockets(rules, capabilities.Contains("CAP_AUDIT_WRITE"));
        return new SeccompSpec
        {
            DefaultAction = ErrnoAction,
            DefaultErrnoRet = Enosys,
            Architectures = architecture switch
            {
                Architecture.X64 => ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
                Architecture.Arm64 => ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
                _ => throw new NotSupportedException($"no default seccomp profile for {architecture}"),
            },
            Syscalls = rules,
        };
    }

    // Sockets of all kinds but AF_NETLINK (16) with NETLINK_AUDIT (9), which is said to be unsupported rather than forbidden.
    private static void AddSockets(List<SyscallRule> rules, bool audit)
    {
        if (audit)
        {
            rules.Add(Allow("socket"));
            return;
        }

        rules.Add(new()
        {
            Names = ["socket"],
            Action = ErrnoAction,
            ErrnoRet = Einval,
            Args = [Argument(0, "SCMP_CMP_EQ", 16), Argument(2, "SCMP_CMP_EQ", 9)],
        });
        rules.Add(Allow("socket", Argument(2, "SCMP_CMP_NE", 9)));
        rules.Add(Allow("socket", Argument(0, "SCMP_CMP_NE", 16)));
    }

    private static SyscallRule Allow(string names, params SyscallArgument[] arguments) =>
        new() { Names = Names(names), Action = AllowAction, Args = arguments.Length == 0 ? null : arguments };

    private static SyscallRule Deny(string names) => new() { Names = Names(names), Action = ErrnoAction, ErrnoRet = Eperm };

    private static SyscallArgument Argument(uint index, string op, ulong value) => new() { Index = index, Op = op, Value = value };

    private static string[] Names(string names) => names.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
