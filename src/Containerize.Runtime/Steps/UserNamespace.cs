using System.Globalization;
using System.Text;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>The id maps of a new user namespace, written by the parent (user_namespaces(7)).</summary>
internal static class UserNamespace
{
    // The kernel's own limit, since 4.15.
    private const int MostLines = 340;

    // The kernel takes a map in one write of less than a page; a page has 4096 bytes at least.
    private const int MostBytes = 4095;

    /// <summary>Writes the maps of a process; by newuidmap and newgidmap where we have no right of our own.</summary>
    public static void WriteMaps(int pid, LinuxSpec linux)
    {
        var uids = linux.UidMappings ?? [];
        var gids = linux.GidMappings ?? [];
        var uidText = Check("uidMappings", uids);
        var gidText = Check("gidMappings", gids);
        var user = (uint)Syscall.Try(SyscallNumber.Geteuid);
        var group = (uint)Syscall.Try(SyscallNumber.Getegid);
        if (uids.Count > 0)
        {
            Write(pid, "uid_map", "newuidmap", uids, user == 0 || IsOwn(uids, user) ? uidText : null);
        }

        if (gids.Count > 0)
        {
            var direct = user == 0 || IsOwn(gids, group);
            if (user != 0 && direct)
            {
                // Without it a group that is denied something could be left (user_namespaces(7), setgroups).
                FileSystem.TryWriteText(Descriptor.WorkingDirectory, $"/proc/{pid}/setgroups", "deny");
            }

            Write(pid, "gid_map", "newgidmap", gids, direct ? gidText : null);
        }
    }

    private static string Check(string name, IReadOnlyList<IdMapping> maps)
    {
        if (maps.Count > MostLines)
        {
            throw Failure.Of(6010, $"reading linux.{name}", $"it has {maps.Count} lines, and the kernel takes {MostLines}", "Join neighbouring ranges.");
        }

        var text = new StringBuilder();
        foreach (var map in maps)
        {
            text.Append(CultureInfo.InvariantCulture, $"{map.ContainerId} {map.HostId} {map.Size}\n");
        }

        return text.Length <= MostBytes ? text.ToString()
            : throw Failure.Of(6010, $"reading linux.{name}", $"as the kernel reads it it has {text.Length} characters, and the kernel takes {MostBytes}", "Join neighbouring ranges.");
    }

    // The text where we may write it ourselves.
    private static void Write(int pid, string file, string program, IReadOnlyList<IdMapping> maps, string? text)
    {
        if (text is not null)
        {
            Failure.Step($"writing the container's {file}", () => FileSystem.WriteText(Descriptor.WorkingDirectory, $"/proc/{pid}/{file}", text));
            return;
        }

        var arguments = new List<string> { program, pid.ToString(CultureInfo.InvariantCulture) };
        foreach (var map in maps)
        {
            arguments.Add(map.ContainerId.ToString(CultureInfo.InvariantCulture));
            arguments.Add(map.HostId.ToString(CultureInfo.InvariantCulture));
            arguments.Add(map.Size.ToString(CultureInfo.InvariantCulture));
        }

        var path = Programs.Find(program) ?? throw Failure.Of(6011, $"writing the container's {file}", $"{program} is not installed", "Install the package uidmap, or map only your own id.");
        using var output = MemoryFile.Create("output");
        using var nothing = FileSystem.Open(Descriptor.WorkingDirectory, "/dev/null", OpenFlags.ReadOnly);
        using var child = ChildProcess.Start(path, arguments, ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], nothing.Number, output.Number);
        if (child.Wait() is var code and not 0)
        {
            throw Failure.Of(6011, $"writing the container's {file}", $"{program} ended with {code}: {MemoryFile.Text(output)}", "Check /etc/subuid and /etc/subgid.");
        }
    }

    private static bool IsOwn(IReadOnlyList<IdMapping> maps, uint own) => maps.Count == 1 && maps[0].HostId == own && maps[0].Size == 1;
}
