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
        CheckUnsupported(spec.Linux);
        if (spec.Annotations?.ContainsKey("") == true)
        {
            throw Bad("annotations", "the name of one is empty", "Give it a name.");
        }

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
        CpuAffinity.Check(process.ExecCpuAffinity);
    }

    private static void CheckVersion(string? version)
    {
        if (!IsSemanticVersion(version ?? ""))
        {
            throw Bad("ociVersion", $"\"{version}\" is not a version of the specification", "Write the version, as 1.2.0.");
        }

        if (!version!.StartsWith("1.", StringComparison.Ordinal))
        {
            throw Bad("ociVersion", $"{version} is not 1.x, which is what is understood", "Use a bundle of specification 1.");
        }
    }

    // https://semver.org/spec/v2.0.0.html: three numbers, then -parts of a pre-release, then +parts of a build.
    private static bool IsSemanticVersion(string version)
    {
        var plus = version.IndexOf('+');
        var withoutBuild = plus < 0 ? version : version[..plus];
        var minus = withoutBuild.IndexOf('-');
        var numbers = (minus < 0 ? withoutBuild : withoutBuild[..minus]).Split('.');
        return numbers.Length == 3 && Array.TrueForAll(numbers, IsNumber)
            && (minus < 0 || Array.TrueForAll(withoutBuild[(minus + 1)..].Split('.'), part => IsIdentifier(part) && (!IsDigits(part) || IsNumber(part))))
            && (plus < 0 || Array.TrueForAll(version[(plus + 1)..].Split('.'), IsIdentifier));
    }

    private static bool IsDigits(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static bool IsNumber(string text) => IsDigits(text) && (text.Length == 1 || text[0] != '0');

    private static bool IsIdentifier(string text) => text.Length > 0 && Array.TrueForAll(text.ToCharArray(), c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static void CheckNamespaces(RuntimeSpec spec)
    {
        var seen = new HashSet<string>();
        foreach (var item in spec.Linux?.Namespaces ?? [])
        {
            if (item.Type is null || !Array.Exists(Namespaces.All, known => known.Word == item.Type))
            {
                throw Bad("linux.namespaces", $"namespace \"{item.Type}\" does not exist", "Use pid, network, mount, ipc, uts, user, cgroup or time.");
            }

            if (item.Path is { Length: > 0 } path && path[0] != '/')
            {
                throw Bad("linux.namespaces", $"the path {path} is not absolute", "Use an absolute path.");
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

    // What is valid, or may be, and not had here is an error too (config.md, Valid values).
    private static void CheckUnsupported(LinuxSpec? linux)
    {
        if (linux?.IntelRdt is not null)
        {
            throw Bad("linux.intelRdt", "Intel RDT is not supported", "Leave it out.");
        }

        if (linux?.Personality?.Flags is { Count: > 0 } flags)
        {
            throw Bad("linux.personality.flags", $"\"{flags[0]}\" is no flag: there are none", "Leave them out.");
        }
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
