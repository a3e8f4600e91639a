using Containerize.Containers;
using Containerize.Testing;
using Containerize.Tool.Doctor;
using Xunit;

namespace Containerize.Tool.Tests;

/// <summary>What doctor says of machines that are set up in one way or another; each is a few files.</summary>
public sealed class LookingAtTheMachine : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LookingAtTheMachine() => Skip.IfNot(OperatingSystem.IsLinux(), "containers run on Linux");

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "AppArmor keeps plain users' programs from them", "sudo apparmor_parser -r /etc/apparmor.d/containerize-runtime")]
    [InlineData("proc/sys/kernel/unprivileged_userns_clone", "0", "they are switched off for plain users", "sudo sysctl -w kernel.unprivileged_userns_clone=1")]
    [InlineData("proc/sys/user/max_user_namespaces", "0", "none is allowed", "sudo sysctl -w user.max_user_namespaces=15000")]
    [InlineData("proc/nothing", "", "inside another container that one's seccomp profile may", "unshare --user --map-root-user true")]
    public void ARefusedUserNamespaceHasAReason(string file, string text, string why, string remedy)
    {
        _folder.Write(file, text + "\n");
        var finding = new UserNamespaceCheck(Files).LookForReason("/tools/containerize-runtime");
        Assert.Equal(Verdict.Broken, finding.Verdict);
        Assert.Contains(why, finding.Text, StringComparison.Ordinal);
        Assert.EndsWith(remedy, finding.Remedy, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void TheRuleForAppArmorNamesTheRuntime()
    {
        _folder.Write("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n");
        var remedy = new UserNamespaceCheck(Files).LookForReason($"/tools/{ProductVersion.Current}/containerize-runtime").Remedy;
        Assert.Contains("profile containerize-runtime \"/tools/*/containerize-runtime\" flags=(unconfined) {\\n  userns,\\n}", remedy, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("", "", true, true, "anna has no range in /etc/subuid and /etc/subgid, so all files of a container have one owner, and all its users are one", "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 anna")]
    [InlineData("anna:100000:65536", "berta:165536:65536", true, true, "anna has no range in /etc/subgid, so all files of a container have one owner, and all its users are one", "sudo usermod --add-subuids 231072-296607 --add-subgids 231072-296607 anna")]
    [InlineData("anna:100000:65536", "anna:100000:65536", false, true, "newuidmap and newgidmap are not installed, so all files of a container have one owner", "sudo apt-get install uidmap")]
    [InlineData("anna:100000:65536", "anna:100000:65536", true, false, "/usr/bin/newuidmap and /usr/bin/newgidmap have lost the rights with which they are installed", "sudo chmod u+s /usr/bin/newuidmap /usr/bin/newgidmap")]
    [InlineData("anna:100000:1000", "anna:100000:65536", true, true, "anna has 1000 ids, and images use up to 65535", "sudo usermod --add-subuids 165536-231071 --add-subgids 165536-231071 anna")]
    [InlineData("1000:100000:65536", "1000:100000:65536", true, true, "65536 users and 65536 groups in /etc/subuid and /etc/subgid", null)]
    [InlineData("anna:100000:65536\nanna:300000:4464", "anna:100000:70000", true, true, "70000 users and 70000 groups in /etc/subuid and /etc/subgid", null)]
    public void IdsOfOtherUsersAreCountedAndTheProgramsLookedAt(string users, string groups, bool installed, bool setUser, string text, string? remedy)
    {
        _folder.Write("etc/subuid", users + "\n");
        _folder.Write("etc/subgid", groups + "\n");
        foreach (var program in installed ? (string[])["newuidmap", "newgidmap"] : [])
        {
            var path = _folder.Write("usr/bin/" + program, "");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, setUser ? (UnixFileMode)0b100_111_101_101 : (UnixFileMode)0b111_101_101);
            }
        }

        var finding = new SubordinateIdCheck(Files).Look("anna", 1000);
        Assert.Equal((remedy is null ? Verdict.Good : Verdict.Lacks, text, remedy), (finding.Verdict, finding.Text, finding.Remedy));
    }

    [SkippableTheory]
    [InlineData(false, false, "", "version 1, or a mixture; none is this user's, so limits of memory, processors and processes are not kept", "sudo reboot")]
    [InlineData(true, false, "", "version 2; none is this user's, so limits of memory, processors and processes are not kept", "-- $SHELL")]
    [InlineData(true, true, "memory pids", "version 2; without cpu, cpuset, io, so limits of that are not kept", "sudo systemctl daemon-reload")]
    [InlineData(true, true, "cpuset cpu io memory hugetlb pids", "version 2; limits are kept", null)]
    public void CgroupsNeedAnOwnerAndControllers(bool unified, bool owned, string controllers, string text, string? remedy)
    {
        _folder.Write("proc/self/cgroup", "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-1.scope\n");
        _folder.Write("sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/cgroup.controllers", controllers + "\n");
        var finding = new CgroupCheck(Files, new Machine { Rootless = true, UnifiedCgroups = unified, OwnsCgroups = owned }).Look();
        Assert.Equal((remedy is null ? Verdict.Good : Verdict.Lacks, text), (finding.Verdict, finding.Text));
        Assert.EndsWith(remedy ?? "", finding.Remedy ?? "", StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("1024", "a plain user may publish ports from 1024 on", false)]
    [InlineData("80", "a plain user may publish ports from 80 on", true)]
    [InlineData("0", "a plain user may publish ports from 0 on", true)]
    public void LowPortsAreOpenFromANumberOn(string first, string text, bool good)
    {
        _folder.Write("proc/sys/net/ipv4/ip_unprivileged_port_start", first + "\n");
        var finding = new LowPortCheck(Files).Look();
        Assert.Equal((good ? Verdict.Good : Verdict.Lacks, text, good), (finding.Verdict, finding.Text, finding.Remedy is null));
    }

    private SystemFiles Files => new(_folder.Path);
}
