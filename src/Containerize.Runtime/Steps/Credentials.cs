using System.Text;
using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Steps;

/// <summary>Who the container's process is: groups, user, capabilities, and the working directory as that user sees it.</summary>
internal static unsafe class Credentials
{
    private const int KeepCapabilities = 8;

    /// <summary>Becomes the process's user, on the calling thread; the order is what leaves the right to the next step.</summary>
    /// <param name="process">The configuration of the process.</param>
    public static void Become(ProcessSpec process)
    {
        var user = process.User ?? new UserSpec();
        // To the kernel it means: leave it as it is, which is root.
        if (user.Uid == uint.MaxValue || user.Gid == uint.MaxValue)
        {
            throw Failure.Of(6012, "reading process.user", $"{uint.MaxValue} is no user or group", "Use an id below it.");
        }

        Failure.Step("dropping capabilities from the bounding set", () => Capabilities.Bound(process.Capabilities));
        Syscall.Check(Syscall.Try(SyscallNumber.Prctl, KeepCapabilities, 1, 0, 0, 0), "prctl", "PR_SET_KEEPCAPS");
        GiveStandardStreams(user.Uid);
        Failure.Step("setting additional groups", () => SetGroups(user.AdditionalGids ?? []));
        Failure.Step($"becoming group {user.Gid}", () => Syscall.Check(Syscall.Try(SyscallNumber.Setresgid, (nint)user.Gid, (nint)user.Gid, (nint)user.Gid), "setresgid"));
        Failure.Step($"becoming user {user.Uid}", () => Syscall.Check(Syscall.Try(SyscallNumber.Setresuid, (nint)user.Uid, (nint)user.Uid, (nint)user.Uid), "setresuid"));
        Syscall.Check(Syscall.Try(SyscallNumber.Prctl, KeepCapabilities, 0, 0, 0, 0), "prctl", "PR_SET_KEEPCAPS");
    }

    /// <summary>Changes to the working directory, which must be in the container (CVE-2024-21626).</summary>
    /// <returns>Whether we had the right; the error is another's when we try again as the user.</returns>
    public static bool TryChangeDirectory(string path, out SyscallException? error)
    {
        using var text = new NativeText(path);
        var changed = Syscall.Try(SyscallNumber.Chdir, text.Address);
        error = changed < 0 ? new SyscallException("chdir", path, (int)-changed) : null;
        return changed == 0;
    }

    /// <summary>Checks that the working directory is below the container's root.</summary>
    public static void CheckDirectory()
    {
        var buffer = stackalloc byte[4096];
        var size = Syscall.Try(SyscallNumber.Getcwd, (nint)buffer, 4096);
        // The kernel writes "(unreachable)" before what is outside of the root.
        if (size < 2 || buffer[0] != '/')
        {
            throw Failure.Of(6013, "changing to process.cwd", "current working directory is outside of container mount namespace root -- possible container breakout detected",
                "Use a directory of the container.");
        }
    }

    /// <summary>The home directory in the container's /etc/passwd; "/" where there is none.</summary>
    public static string HomeOf(uint user)
    {
        const int MostBytes = 1024 * 1024;
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, "/etc/passwd", OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.NoControllingTerminal, ResolveFlags.NoMagicLinks);
        if (opened < 0)
        {
            return "/";
        }

        using var file = new Descriptor((int)opened);
        try
        {
            foreach (var line in Encoding.UTF8.GetString(FileSystem.ReadToEnd(file.Number, MostBytes, "/etc/passwd")).Split('\n'))
            {
                var fields = line.Split(':');
                if (fields.Length >= 6 && uint.TryParse(fields[2], out var id) && id == user && fields[5].StartsWith('/') && !fields[5].Contains('\0'))
                {
                    return fields[5];
                }
            }
        }
        catch (SyscallException)
        {
            // Too long, or not a file: whoever made it does without.
        }

        return "/";
    }

    private static void SetGroups(IReadOnlyList<uint> groups)
    {
        const int Most = 65536;
        if (groups.Count > Most)
        {
            throw new SyscallException("setgroups", $"{groups.Count} groups", Errno.EINVAL);
        }

        var list = stackalloc uint[groups.Count + 1];
        for (var i = 0; i < groups.Count; i++)
        {
            list[i] = groups[i];
        }

        var result = Syscall.Try(SyscallNumber.Setgroups, groups.Count, (nint)list);
        // In a user namespace without the right to drop groups; then there is nothing to be set either.
        if (result == -Errno.EPERM && groups.Count == 0)
        {
            return;
        }

        Syscall.Check(result, "setgroups");
    }

    // So that the user can open /dev/stdout again. Not the null device, which is the host's own where it was handed in.
    private static void GiveStandardStreams(uint user)
    {
        for (var stream = 0; stream < 3; stream++)
        {
            if (!Devices.IsNull(stream))
            {
                Syscall.Try(SyscallNumber.Fchown, stream, (nint)user, -1);
            }
        }
    }
}
