namespace Containerize.Tool.Doctor;

/// <summary>Why a plain user may make no user namespace.</summary>
/// <param name="files">The machine.</param>
internal sealed class UserNamespaceCheck(SystemFiles files)
{
    internal const string Subject = "user namespaces";

    /// <summary>Looks for the reason, of a machine on which it was tried and refused.</summary>
    /// <param name="runtime">The program that was refused.</param>
    internal Finding LookForReason(string runtime)
    {
        // One rule for one program, in whatever version: what protects the others stays.
        // https://discourse.ubuntu.com/t/ubuntu-24-04-lts-noble-numbat-release-notes/39890#unprivileged-user-namespace-restrictions
        if (files.Text("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1")
        {
            return Finding.Broken(
                Subject,
                "AppArmor keeps plain users' programs from them (Ubuntu 23.10 and later)",
                $$"""printf 'abi <abi/4.0>,\ninclude <tunables/global>\nprofile containerize-runtime "{{runtime.Replace($"/{ProductVersion.Current}/", "/*/", StringComparison.Ordinal)}}" flags=(unconfined) {\n  userns,\n}\n' | sudo tee /etc/apparmor.d/containerize-runtime && sudo apparmor_parser -r /etc/apparmor.d/containerize-runtime""");
        }

        return files.Text("/proc/sys/kernel/unprivileged_userns_clone") == "0" ? Finding.Broken(Subject, "they are switched off for plain users", Set("kernel.unprivileged_userns_clone=1"))
            : files.Text("/proc/sys/user/max_user_namespaces") == "0" ? Finding.Broken(Subject, "none is allowed", Set("user.max_user_namespaces=15000"))
            : Finding.Broken(Subject, "the kernel refuses them; inside another container that one's seccomp profile may", "unshare --user --map-root-user true");
    }

    /// <summary>Sets a parameter of the kernel now and for each start to come.</summary>
    internal static string Set(string parameter) => $"echo {parameter} | sudo tee -a /etc/sysctl.d/99-containerize.conf && sudo sysctl -w {parameter}";
}
