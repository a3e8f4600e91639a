using System.Text;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>Labels of security modules that the program gets at exec; through a procfs that is one (CVE-2019-16884, CVE-2025-52881).</summary>
internal static class Labels
{
    /// <summary>Sets AppArmor's profile and SELinux's label; CTZ6015 where the module is not there, as the container would run without.</summary>
    public static void Apply(ProcessSpec process, ProcFs proc)
    {
        if (process.ApparmorProfile is { Length: > 0 } profile)
        {
            Write(proc, "AppArmor profile", profile, "exec " + profile, ["attr/apparmor/exec", "attr/exec"]);
        }

        if (process.SelinuxLabel is { Length: > 0 } label)
        {
            Write(proc, "SELinux label", label, label, ["attr/exec"]);
        }
    }

    private static void Write(ProcFs proc, string kind, string name, string text, string[] files)
    {
        SyscallException? error = null;
        foreach (var file in files)
        {
            try
            {
                using var attribute = proc.OpenSelf(file, OpenFlags.WriteOnly);
                Syscall.Check(FileSystem.TryWrite(attribute.Number, Encoding.UTF8.GetBytes(text)), "write", file);
                return;
            }
            catch (SyscallException e)
            {
                error = e;
            }
        }

        throw Failure.Of(6015, $"setting the {kind} {name}", error!.Message, "Load the profile or policy, or leave it out of config.json.");
    }
}
