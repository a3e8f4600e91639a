using System.Text;

namespace Containerize.Runtime.Commands;

/// <summary>Standard output; without Console, which starts threads and catches signals.</summary>
internal static class Output
{
    /// <summary>Writes a text.</summary>
    /// <returns>0, the exit code of a command that has nothing more to say.</returns>
    public static int Write(string text) => Write(Encoding.UTF8.GetBytes(text), 1);

    /// <summary>Writes bytes to a descriptor; the end of a pipe ends it.</summary>
    public static int Write(ReadOnlySpan<byte> bytes, int descriptor)
    {
        while (bytes.Length > 0)
        {
            var written = FileSystem.TryWrite(descriptor, bytes);
            if (written < 0)
            {
                return 1;
            }

            bytes = bytes[(int)written..];
        }

        return 0;
    }
}
