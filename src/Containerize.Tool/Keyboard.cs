using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Containerize.Tool;

/// <summary>What somebody types at the terminal.</summary>
internal static class Keyboard
{
    /// <summary>A line without its end; null where nobody is there any more.</summary>
    /// <remarks>
    /// On Unix not through Console, whose standard input edits lines by itself where it is a terminal, and shows what is typed whatever the terminal is told
    /// (<see cref="Echo"/>). The terminal's own driver gives a line at a time.
    /// </remarks>
    internal static string? ReadLine()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.In.ReadLine();
        }

        using var handle = new SafeFileHandle(0, ownsHandle: false);
        using var input = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        using var line = new MemoryStream();
        int read;
        while ((read = input.ReadByte()) is not (-1 or '\n'))
        {
            line.WriteByte((byte)read);
        }

        return read == -1 && line.Length == 0 ? null : Encoding.UTF8.GetString(line.ToArray());
    }
}
