
namespace Containerize.Runtime;

/// <summary>Whether we lack the rights of the host's root: as another user, or as the root of a user namespace, in which podman calls us for a plain user.</summary>
internal static class Rootless
{
    private static bool? _answer;

    /// <summary>Whether it is so.</summary>
    public static bool IsSo => _answer ??= Syscall.Try(SyscallNumber.Geteuid) != 0 || IsInUserNamespace();

    // In the first namespace every id is mapped to itself (user_namespaces(7)).
    private static bool IsInUserNamespace()
    {
        var map = FileSystem.ReadText(Descriptor.WorkingDirectory, "/proc/self/uid_map").Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return map is not ["0", "0", "4294967295"];
    }
}
