using System.Text;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>Kernel parameters of the container's own namespaces (config-linux.md, Sysctl); those of the whole machine are refused.</summary>
internal static class Sysctl
{
    /// <summary>Refuses what is not the container's alone.</summary>
    /// <exception cref="ContainerizeException">One is not.</exception>
    public static void Check(RuntimeSpec spec)
    {
        foreach (var (name, _) in spec.Linux?.Sysctl ?? new Dictionary<string, string>())
        {
            if (Refusal(PathOf(name), spec) is { } why)
            {
                throw RootStep.Refusal($"setting the kernel parameter {name}", why, "Remove it from linux.sysctl, or set it on the host.");
            }
        }
    }

    /// <summary>Writes them.</summary>
    public static void Apply(RuntimeSpec spec, ProcFs proc)
    {
        foreach (var (name, value) in spec.Linux?.Sysctl ?? new Dictionary<string, string>())
        {
            RootStep.Take($"setting the kernel parameter {name}", "See linux.sysctl in config.json.", () =>
            {
                using var file = proc.OpenChecked("sys/" + PathOf(name), OpenFlags.WriteOnly);
                Syscall.Check(FileSystem.TryWrite(file.Number, Encoding.UTF8.GetBytes(value)), "write", $"'{value}'");
            });
        }
    }

    /// <summary>
    /// The path below /proc/sys. The first separator says which of the two forms a name has: "net.ipv4.conf.eth0/1.forwarding", where a
    /// slash stands for a dot in a name, or "net/ipv4/conf/eth0.1/forwarding" (sysctl.d(5)).
    /// </summary>
    public static string PathOf(string name)
    {
        var first = name.AsSpan().IndexOfAny('.', '/');
        return first < 0 || name[first] == '/'
            ? name
            : string.Create(name.Length, name, static (path, text) =>
            {
                for (var i = 0; i < path.Length; i++)
                {
                    path[i] = text[i] switch { '.' => '/', '/' => '.', var other => other };
                }
            });
    }

    private static string? Refusal(string path, RuntimeSpec spec)
    {
        foreach (var part in path.Split('/'))
        {
            if (part is "" or "." or "..")
            {
                return "its name is not one";
            }
        }

        if (IsOfIpc(path))
        {
            return spec.HasOwn("ipc") ? null : "the container has no IPC namespace of its own";
        }

        if (path.StartsWith("net/", StringComparison.Ordinal))
        {
            return spec.HasOwn("network") ? null : "the container has no network namespace of its own";
        }

        return path switch
        {
            "kernel/domainname" => spec.HasOwn("uts") ? null : "the container has no UTS namespace of its own",
            "kernel/hostname" => "the host name is set by hostname in config.json",
            _ => "it is the whole machine's",
        };
    }

    private static bool IsOfIpc(string path) =>
        path is "kernel/msgmax" or "kernel/msgmnb" or "kernel/msgmni" or "kernel/sem" or "kernel/shmall" or "kernel/shmmax" or "kernel/shmmni" or "kernel/shm_rmid_forced"
        || path.StartsWith("fs/mqueue/", StringComparison.Ordinal);
}
