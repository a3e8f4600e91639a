using System.Runtime.InteropServices;
using System.Text;

namespace Containerize.Linux;

/// <summary>Strings as execve(2) wants them: an array of pointers that ends with null, in memory that does not move.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private byte** _pointers;

    /// <summary>Copies the strings.</summary>
    /// <exception cref="ArgumentException">One has a NUL in it, where the kernel would see another, shorter one.</exception>
    public NativeStrings(IReadOnlyList<string> strings)
    {
        var size = (strings.Count + 1) * sizeof(byte*);
        for (var i = 0; i < strings.Count; i++)
        {
            if (strings[i].Contains('\0'))
            {
                throw new ArgumentException("a NUL character in an argument or a variable");
            }

            size += Encoding.UTF8.GetByteCount(strings[i]) + 1;
        }

        _pointers = (byte**)NativeMemory.Alloc((nuint)size);
        var at = (byte*)(_pointers + strings.Count + 1);
        var end = (byte*)_pointers + size;
        for (var i = 0; i < strings.Count; i++)
        {
            _pointers[i] = at;
            at += Encoding.UTF8.GetBytes(strings[i], new Span<byte>(at, (int)(end - at)));
            *at++ = 0;
        }

        _pointers[strings.Count] = null;
    }

    /// <summary>The array.</summary>
    public byte** Pointers => _pointers;

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_pointers);
        _pointers = null;
    }
}
