using System.Runtime.InteropServices;

namespace Containerize.Tool;

/// <summary>What is typed is not shown, until this is disposed; lines are edited as always.</summary>
/// <remarks>
/// Console.ReadKey hides keys only while it runs, and what is pasted comes between its calls. So it is the terminal that is told (termios(3)), and
/// where that does not work there is nothing to hide from.
/// </remarks>
internal sealed partial class Echo : IDisposable
{
    private const int StandardInput = 0;
    private const int WindowsInput = -10;

    // c_lflag is the fourth flag word: of 4 bytes on Linux, of 8 on macOS; ECHO is the same there, and ENABLE_ECHO_INPUT is 4 on Windows.
    private const byte EchoBit = 8;
    private const uint WindowsEchoBit = 4;
    private const int MostBytes = 256;
    private readonly byte[]? _before;
    private readonly uint? _windows;

    private Echo(byte[]? before, uint? windows)
    {
        _before = before;
        _windows = windows;
    }

    /// <summary>Turns it off.</summary>
    internal static Echo Off()
    {
        if (OperatingSystem.IsWindows())
        {
            return GetConsoleMode(GetStdHandle(WindowsInput), out var mode) && SetConsoleMode(GetStdHandle(WindowsInput), mode & ~WindowsEchoBit) ? new Echo(null, mode) : new Echo(null, null);
        }

        var before = new byte[MostBytes];
        if (TcGetAttr(StandardInput, before) != 0)
        {
            return new Echo(null, null);
        }

        byte[] silent = [.. before];
        silent[3 * (OperatingSystem.IsMacOS() ? 8 : 4)] &= unchecked((byte)~EchoBit);
        return TcSetAttr(StandardInput, 0, silent) == 0 ? new Echo(before, null) : new Echo(null, null);
    }

    public void Dispose()
    {
        if (_windows is { } mode)
        {
            SetConsoleMode(GetStdHandle(WindowsInput), mode);
        }

        if (_before is not null)
        {
            TcSetAttr(StandardInput, 0, _before);
        }
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int TcGetAttr(int descriptor, byte[] termios);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int TcSetAttr(int descriptor, int when, byte[] termios);

    [LibraryImport("kernel32.dll")]
    private static partial nint GetStdHandle(int handle);

    [LibraryImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetConsoleMode(nint handle, out uint mode);

    [LibraryImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetConsoleMode(nint handle, uint mode);
}
