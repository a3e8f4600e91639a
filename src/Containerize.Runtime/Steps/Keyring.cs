
namespace Containerize.Runtime.Steps;

/// <summary>A session keyring of the container's own: the host's keys are not the container's (keyrings(7)).</summary>
internal static class Keyring
{
    private const int JoinSession = 1;
    private const int SetPermissions = 5;
    private const int Describe = 6;
    private const uint UserSearch = 0x0008_0000;

    /// <summary>Joins a new session keyring named after the container.</summary>
    public static unsafe void Join(string id)
    {
        using var name = new NativeText("_ses." + id);
        var keyring = Syscall.Try(SyscallNumber.Keyctl, JoinSession, name.Address);
        // A kernel without keyrings, or a filter around ourselves, or no quota left: others go on as well.
        if (keyring is -Errno.ENOSYS or -Errno.EPERM or -Errno.EDQUOT)
        {
            return;
        }

        Syscall.Check(keyring, "keyctl", "_ses." + id);
        // So that other processes of the container's user find it: what is after the last semicolon but one are the permissions.
        var description = stackalloc byte[512];
        var size = (int)Syscall.Try(SyscallNumber.Keyctl, Describe, keyring, (nint)description, 512);
        if (size is > 0 and < 512)
        {
            var parts = System.Text.Encoding.UTF8.GetString(description, size).Split(';');
            if (parts.Length > 3 && uint.TryParse(parts[3], System.Globalization.NumberStyles.HexNumber, null, out var permissions))
            {
                Syscall.Try(SyscallNumber.Keyctl, SetPermissions, keyring, (nint)(permissions | UserSearch));
            }
        }
    }
}
