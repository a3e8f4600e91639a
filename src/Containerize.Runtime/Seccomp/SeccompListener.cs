using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Seccomp;

/// <summary>Hands a notification descriptor to the one who answers (config-linux.md, The Container Process State).</summary>
internal static class SeccompListener
{
    /// <summary>The descriptor's name in the state.</summary>
    public const string DescriptorName = "seccompFd";

    // What a socket's buffer takes at once; the descriptor goes with the first part.
    private const int Part = 65536;

    /// <summary>Sends it.</summary>
    /// <param name="socket">The connection to listenerPath.</param>
    /// <param name="listener">The descriptor.</param>
    /// <param name="state">The container process state, JSON.</param>
    /// <exception cref="SyscallException">It cannot be sent.</exception>
    public static void Send(int socket, int listener, ReadOnlySpan<byte> state)
    {
        Sockets.Send(socket, state[..Math.Min(Part, state.Length)], [listener]);
        for (var rest = state[Math.Min(Part, state.Length)..]; !rest.IsEmpty;)
        {
            rest = rest[(int)Syscall.Check(FileSystem.TryWrite(socket, rest), "write", "listenerPath")..];
        }
    }
}
