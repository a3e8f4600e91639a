using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Containerize.Containers;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Seccomp;
using Containerize.Runtime.Tests.Documents;
using Xunit;

namespace Containerize.Runtime.Tests.Seccomp;

public class TheDefaultProfile
{
    private const string Podmans = "/usr/share/containers/seccomp.json";

    [SkippableTheory]
    [InlineData("", Architecture.X64)]
    [InlineData("", Architecture.Arm64)]
    [InlineData("CAP_AUDIT_WRITE CAP_SYS_CHROOT CAP_CHOWN", Architecture.X64)]
    [InlineData("CAP_SYS_ADMIN CAP_SYS_MODULE CAP_SYS_TTY_CONFIG", Architecture.Arm64)]
    [InlineData("CAP_DAC_READ_SEARCH CAP_SYS_PACCT CAP_SYS_PTRACE CAP_SYS_RAWIO CAP_SYS_TIME", Architecture.X64)]
    public void IsPodmans(string capabilities, Architecture architecture)
    {
        Skip.IfNot(File.Exists(Podmans), $"{Podmans} is not installed (apt-get install golang-github-containers-common)");
        using var file = JsonDocument.Parse(File.ReadAllBytes(Podmans));
        var theirs = Resolve(file.RootElement, capabilities.Split(' '), architecture == Architecture.X64 ? "amd64" : "arm64");
        Assert.Equal(Text(theirs), Text(DefaultSeccompProfile.For(capabilities.Split(' '), architecture)));
    }

    [Fact]
    public void NamesOnlyWhatThereIsOrWas()
    {
        // Of other architectures, or never made a number of.
        string[] others =
        [
            "epoll_ctl_old", "epoll_wait_old", "fstatat64", "pciconfig_iobase", "pciconfig_read", "pciconfig_write", "recv", "send", "swapcontext",
            "syscall", "sysfs", "timerfd",
        ];
        var names = DefaultSeccompProfile.For([], Architecture.Arm64).Syscalls!.Concat(DefaultSeccompProfile.For([], Architecture.X64).Syscalls!);
        var unknown = names.SelectMany(r => r.Names!).Distinct()
            .Where(name => Enum.GetValues<SyscallAbi>().All(abi => SyscallTable.Find(Encoding.UTF8.GetBytes(name), abi) < 0));
        Assert.Equal("", string.Join(' ', unknown.Except(others)));
    }

    // As containers/common resolves it (pkg/seccomp): all of the capabilities that a rule includes, none of those that it excludes.
    private static SeccompSpec Resolve(JsonElement profile, string[] capabilities, string architecture)
    {
        var native = architecture == "amd64" ? "SCMP_ARCH_X86_64" : "SCMP_ARCH_AARCH64";
        var map = profile.GetProperty("archMap").EnumerateArray().First(m => m.GetProperty("architecture").GetString() == native);
        var rules = profile.GetProperty("syscalls").EnumerateArray().Where(rule =>
            (!rule.GetProperty("includes").TryGetProperty("arches", out var arches) || Strings(arches).Contains(architecture))
            && (!rule.GetProperty("includes").TryGetProperty("caps", out var with) || Strings(with).All(capabilities.Contains))
            && (!rule.GetProperty("excludes").TryGetProperty("caps", out var without) || !Strings(without).Any(capabilities.Contains)));
        return new()
        {
            DefaultAction = profile.GetProperty("defaultAction").GetString(),
            DefaultErrnoRet = profile.GetProperty("defaultErrnoRet").GetUInt32(),
            Architectures = [native, .. Strings(map.GetProperty("subArchitectures"))],
            Syscalls = [.. rules.Select(rule => rule.Deserialize(RuntimeJson.Default.SyscallRule)!)],
        };
    }

    private static IEnumerable<string> Strings(JsonElement array) => array.EnumerateArray().Select(e => e.GetString()!);

    private static string Text(SeccompSpec spec)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal) { $"{spec.DefaultAction} {spec.DefaultErrnoRet} {string.Join(' ', spec.Architectures!)}" };
        foreach (var rule in spec.Syscalls!)
        {
            var arguments = (rule.Args ?? []).Select(a => $"{a.Index} {a.Op} {a.Value} {a.ValueTwo}");
            lines.UnionWith(rule.Names!.Select(name => $"{name} {rule.Action} {rule.ErrnoRet} {string.Join(", ", arguments)}"));
        }

        return string.Join('\n', lines);
    }
}
