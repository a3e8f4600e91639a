using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>What is wrong in a config.json as such, found before anything is made (CTZ6012).</summary>
internal static class SpecCheck
{
    /// <summary>Checks a configuration.</summary>
    public static void Run(RuntimeSpec spec)
    {
        CheckVersion(spec.OciVersion);
        if (string.IsNullOrEmpty(spec.Root?.Path))
        {
            throw Bad("root", "root.path is required", "Name the directory of the root filesystem.");
        }

        if (spec.Process is null)
        {
            throw Bad("process", "process property must not be empty", "Say what is to run: process.args, process.cwd.");
        }

        CheckProcess(spec.Process);
        CheckNamespaces(spec);
        foreach (var mount in spec.Mounts ?? [])
        {
            if (string.IsNullOrEmpty(mount.Destination))
            {
                throw Bad("mounts", "a mount has no destination", "Give it one.");
            }
        }
    }

    /// <summary>Checks a process: that of a configuration, or of `exec`.</summary>
    public static void CheckProcess(ProcessSpec process)
    {
        if (process.Args is not { Count: > 0 } || process.Args[0].Length == 0)
        {
            throw Bad("process.args", "args must not be empty", "Name the program.");
        }

        if (process.Cwd is not { Length: > 0 } || process.Cwd[0] != '/')
        {
            throw Bad("process.cwd", process.Cwd is { Length: > 0 } ? "Cwd must be an absolute path" : "Cwd property must not be empty", "Use an absolute path of the container.");
        }

        if (process.OomScoreAdj is < -1000 or > 1000)
        {
            throw Bad("process.oomScoreAdj", $"{process.OomScoreAdj} is not from -1000 to 1000", "Choose a value in that range.");
        }

        Rlimits.Check(process.Rlimits);
    }

    private static void CheckVersion(string? version)
    {
        var parts = (version ?? "").Split('.');
        if (parts.Length < 3 || !uint.TryParse(parts[0], out var major) || !uint.TryParse(parts[1], out _))
        {
            throw Bad("ociVersion", $"\"{version}\" is not a version of the specification", "Write the version, as 1.2.0.");
        }

        if (major != 1)
        {
            throw Bad("ociVersion", $"{version} is not 1.x, which is what is understood", "Use a bundle of specification 1.");
        }
    }

    private static void CheckNamespaces(RuntimeSpec spec)
    {
        var seen = new HashSet<string>();
        foreach (var item in spec.Linux?.Namespaces ?? [])
        {
            if (item.Type is null || !Array.Exists(Namespaces.All, known => known.Word == item.Type))
            {
                throw Bad("linux.namespaces", $"namespace \"{item.Type}\" does not exist", "Use pid, network, mount, ipc, uts, user, cgroup or time.");
            }

            if (!seen.Add(item.Type))
            {
                throw Bad("linux.namespaces", $"malformed spec file: duplicated ns {item.Type}", "Leave one.");
            }
        }

        if (!spec.HasOwn("mount"))
        {
            throw Bad("linux.namespaces", "there is no mount namespace, and the container's mounts would be the host's", "Add { \"type\": \"mount\" }.");
        }

        var maps = spec.Linux?.UidMappings is { Count: > 0 } || spec.Linux?.GidMappings is { Count: > 0 };
        if (maps && !spec.HasOwn("user"))
        {
            throw Bad("linux.uidMappings", "user namespace mappings specified, but user namespace isn't enabled in the config", "Add { \"type\": \"user\" }, or leave the mappings out.");
        }

        if (spec.HasNew("user") && (spec.Linux?.UidMappings is not { Count: > 0 } || spec.Linux.GidMappings is not { Count: > 0 }))
        {
            throw Bad("linux.uidMappings", "user namespaces enabled, but no user or group mapping specified", "Add uidMappings and gidMappings.");
        }

        if (Syscall.Try(SyscallNumber.Geteuid) != 0 && !spec.HasOwn("user"))
        {
            throw Bad("linux.namespaces", "rootless container requires user namespaces", "Add { \"type\": \"user\" } and mappings (`containerize-runtime spec --rootless` shows how).");
        }

        if (spec.Hostname is { Length: > 0 } && !spec.HasOwn("uts"))
        {
            throw Bad("hostname", "unable to set hostname without a private UTS namespace", "Add { \"type\": \"uts\" }.");
        }

        if (spec.Domainname is { Length: > 0 } && !spec.HasOwn("uts"))
        {
            throw Bad("domainname", "unable to set domainname without a private UTS namespace", "Add { \"type\": \"uts\" }.");
        }

        if (spec.Linux?.TimeOffsets is { Count: > 0 } && !spec.HasNew("time"))
        {
            throw Bad("linux.timeOffsets", "time namespace offsets specified, but time namespace isn't enabled in the config", "Add { \"type\": \"time\" }.");
        }

        CheckPaths("linux.maskedPaths", spec.Linux?.MaskedPaths);
        CheckPaths("linux.readonlyPaths", spec.Linux?.ReadonlyPaths);
    }

    private static void CheckPaths(string where, IReadOnlyList<string>? paths)
    {
        foreach (var path in paths ?? [])
        {
            if (!path.StartsWith('/'))
            {
                throw Bad(where, $"\"{path}\" is not absolute", "Use absolute paths of the container.");
            }
        }
    }

    private static ContainerizeException Bad(string where, string why, string next) => Failure.Of(6012, $"reading {where} of config.json", why, next);
}
