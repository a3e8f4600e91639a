using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Containerize.Containers;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Seccomp;
using Containerize.Runtime.Tests.Documents;
using Xunit;
using static Containerize.Runtime.Tests.Seccomp.Profiles;

namespace Containerize.Runtime.Tests.Seccomp;

/// <summary>The kernel itself, on a thread that ends with the test: a filter is a thread's.</summary>
public class LoadingAFilter
{
    [Fact]
    public void TheKernelAnswersAsTheProfileSays()
    {
        var spec = Profile(
            "SCMP_ACT_ALLOW",
            Rule("SCMP_ACT_ERRNO", "getppid") with { ErrnoRet = 77 },
            Rule("SCMP_ACT_ERRNO", "umask", Argument(0, "EQ", 0x1_00000005)) with { ErrnoRet = 78 },
            Rule("SCMP_ACT_ERRNO", "umask", Argument(0, "MASKED_EQ", 0xF000_0000_0000, 0x1000_0000_0000)) with { ErrnoRet = 79 });
        Assert.Equal(
            [-77, -78, -79, 0, 0],
            OnAThread(() =>
            {
                Assert.Null(SeccompLoader.Load(Filter(spec)));
                return new[]
                {
                    Syscall.Try(SyscallNumber.Getppid),
                    Syscall.Try(SyscallNumber.Umask, unchecked((nint)0x1_00000005)),
                    Syscall.Try(SyscallNumber.Umask, unchecked((nint)0x1FFF_0000_0012)),
                    Syscall.Try(SyscallNumber.Umask, 18) < 0 ? -1 : 0,
                    Syscall.Try(SyscallNumber.Getpid) > 0 ? 0 : -1,
                };
            }));
        Assert.True(Syscall.Try(SyscallNumber.Getppid) > 0);
    }

    [Fact]
    public void TheDefaultProfileLoads() =>
        Assert.Equal(
            [-Errno.EPERM, -Errno.ENOSYS, -Errno.EINVAL, 0],
            OnAThread(() =>
            {
                const int Netlink = 16;
                const int Audit = 9;
                const int Raw = 3;
                SeccompLoader.Load(Filter(DefaultSeccompProfile.For([], RuntimeInformation.ProcessArchitecture)));
                return new[]
                {
                    Syscall.Try(SyscallNumber.Bpf, 0, 0, 0),
                    Syscall.Try(1000),
                    Syscall.Try(SyscallNumber.Socket, Netlink, Raw, Audit),
                    Syscall.Try(SyscallNumber.Getpid) > 0 ? 0 : -1,
                };
            }));

    [Fact]
    public void AListenerIsGivenToTheOtherSide()
    {
        var state = new ContainerProcessState
        {
            OciVersion = "1.2.0",
            Fds = [SeccompListener.DescriptorName],
            Pid = 42,
            Metadata = "m",
            State = new ContainerState { OciVersion = "1.2.0", Id = "c", Status = "creating", Pid = 42, Bundle = "/b" },
        };
        var json = JsonSerializer.SerializeToUtf8Bytes(state, RuntimeJson.Default.ContainerProcessState);
        var spec = Profile("SCMP_ACT_ALLOW", Rule("SCMP_ACT_NOTIFY", "getppid")) with { ListenerPath = "/listener" };
        var (one, other) = Sockets.Pair();
        using (one)
        using (other)
        {
            OnAThread(() =>
            {
                using var listener = SeccompLoader.Load(Filter(spec))!;
                SeccompListener.Send(one.Number, listener.Number, json);
                return 0;
            });
            var buffer = new byte[1000];
            var length = Sockets.Receive(other.Number, buffer, out var received);
            using (received)
            {
                Assert.Equal(
                    """{"ociVersion":"1.2.0","fds":["seccompFd"],"pid":42,"metadata":"m","state":{"ociVersion":"1.2.0","id":"c","status":"creating","pid":42,"bundle":"/b"}}""",
                    Encoding.UTF8.GetString(buffer.AsSpan(0, length)));
                Assert.Equal("anon_inode:seccomp notify", new FileInfo($"/proc/self/fd/{received!.Number}").LinkTarget);
            }
        }
    }

    [Fact]
    public void AProgramThatTheKernelRefusesIsAnError()
    {
        var error = OnAThread(() => Assert.Throws<SyscallException>(() => SeccompLoader.Load(new SeccompFilter([new(BpfInstruction.Load, 0, 0, 1)], 0))));
        Assert.Equal("seccomp: invalid argument", error.Message);
    }

    private static SeccompFilter Filter(SeccompSpec spec) => SeccompCompiler.Compile(spec, RuntimeInformation.ProcessArchitecture)!;

    private static T OnAThread<T>(Func<T> run)
    {
        T? result = default;
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                const int SetNoNewPrivileges = 38;
                Syscall.Check(Syscall.Try(SyscallNumber.Prctl, SetNoNewPrivileges, 1), "prctl");
                result = run();
            }
            catch (Exception e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        return error is null ? result! : throw new InvalidOperationException(error.Message, error);
    }
}
