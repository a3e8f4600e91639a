using System.Runtime.InteropServices;
using System.Text;

namespace Containerize.Linux;

/// <summary>A string or name as the kernel wants it: UTF-8 (or its bytes) and a zero, in memory that does not move.</summary>
internal readonly unsafe ref struct NativeText
{
    private readonly byte* _bytes;

    /// <summary>Copies the text; null gives a null pointer.</summary>
    /// <exception cref="ArgumentException">The text has a zero in it, where the kernel would see another, shorter one.</exception>
    public NativeText(string? text)
    {
        if (text is null)
        {
            return;
        }

        if (text.Contains('\0'))
        {
            throw new ArgumentException("a NUL character in a name");
        }

        var size = Encoding.UTF8.GetByteCount(text);
        _bytes = (byte*)NativeMemory.Alloc((nuint)size + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(_bytes, size));
        _bytes[size] = 0;
    }

    /// <summary>Copies a name of bytes, whatever they are.</summary>
    /// <exception cref="ArgumentException">There is a zero among them.</exception>
    public NativeText(ReadOnlySpan<byte> name)
    {
        if (name.Contains((byte)0))
        {
            throw new ArgumentException("a NUL character in a name");
        }

        _bytes = (byte*)NativeMemory.Alloc((nuint)name.Length + 1);
        name.CopyTo(new Span<byte>(_bytes, name.Length));
        _bytes[name.Length] = 0;
    }

    /// <summary>The address.</summary>
    public nint Address => (nint)_bytes;

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => NativeMemory.Free(_bytes);
}
