using System.Buffers.Binary;
using System.Text;

namespace Containerize.Runtime.Linux;

/// <summary>Unix sockets, and the passing of descriptors over them (unix(7)).</summary>
internal static unsafe class Sockets
{
    private const int Unix = 1;
    private const int Stream = 1;
    private const int CloseOnExec = 0x80000;
    private const int LongestPath = 107;

    /// <summary>Two ends that are connected with each other.</summary>
    public static (Descriptor One, Descriptor Other) Pair()
    {
        var ends = stackalloc int[2];
        Syscall.Check(Syscall.Try(SyscallNumber.Socketpair, Unix, Stream | CloseOnExec, 0, (nint)ends), "socketpair");
        return (new Descriptor(ends[0]), new Descriptor(ends[1]));
    }

    /// <summary>Connects to the socket at a path.</summary>
    public static Descriptor Connect(string path)
    {
        var socket = New();
        try
        {
            using var _ = WithAddress(path, (address, size) => Syscall.Check(Syscall.Try(SyscallNumber.Connect, socket.Number, address, size), "connect", path));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Listens at a path, which must not exist.</summary>
    public static Descriptor Listen(string path)
    {
        var socket = New();
        try
        {
            using var _ = WithAddress(path, (address, size) => Syscall.Check(Syscall.Try(SyscallNumber.Bind, socket.Number, address, size), "bind", path));
            Syscall.Check(Syscall.Try(SyscallNumber.Listen, socket.Number, 16), "listen", path);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes a connection.</summary>
    public static Descriptor Accept(int listener) =>
        new((int)Syscall.Check(Syscall.Try(SyscallNumber.Accept4, listener, 0, 0, CloseOnExec), "accept4"));

    /// <summary>Sends bytes with descriptors beside them.</summary>
    public static void Send(int socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        var control = stackalloc byte[ControlSize(descriptors.Length)];
        new Span<byte>(control, ControlSize(descriptors.Length)).Clear();
        fixed (byte* data = bytes)
        {
            var vector = new IoVector { Base = (nint)data, Length = (nuint)bytes.Length };
            var message = new MessageHeader { Vectors = (nint)(&vector), VectorCount = 1 };
            if (descriptors.Length > 0)
            {
                *(nuint*)control = (nuint)(16 + (4 * descriptors.Length));
                ((int*)control)[2] = 1;
                ((int*)control)[3] = 1;
                for (var i = 0; i < descriptors.Length; i++)
                {
                    ((int*)control)[4 + i] = descriptors[i];
                }

                message.Control = (nint)control;
                message.ControlLength = (nuint)ControlSize(descriptors.Length);
            }

            const int NoSignal = 0x4000;
            Syscall.Check(Syscall.Try(SyscallNumber.Sendmsg, socket, (nint)(&message), NoSignal), "sendmsg");
        }
    }

    /// <summary>Receives bytes, and one descriptor if one came with them.</summary>
    /// <returns>The number of bytes; 0 at the end.</returns>
    public static int Receive(int socket, Span<byte> bytes, out Descriptor? descriptor)
    {
        var received = new List<Descriptor>();
        var read = (int)Syscall.Check(TryReceive(socket, bytes, received), "recvmsg");
        descriptor = received.Count > 0 ? received[0] : null;
        for (var i = 1; i < received.Count; i++)
        {
            received[i].Dispose();
        }

        return read;
    }

    /// <summary>Receives bytes, and the descriptors that came with them.</summary>
    /// <returns>The number of bytes, 0 at the end, or the error number below zero.</returns>
    public static int TryReceive(int socket, Span<byte> bytes, List<Descriptor> descriptors)
    {
        // No host has so many hierarchies, and nobody else sends more than one.
        const int MostDescriptors = 64;
        var control = stackalloc byte[ControlSize(MostDescriptors)];
        fixed (byte* data = bytes)
        {
            var vector = new IoVector { Base = (nint)data, Length = (nuint)bytes.Length };
            var message = new MessageHeader
            {
                Vectors = (nint)(&vector),
                VectorCount = 1,
                Control = (nint)control,
                ControlLength = (nuint)ControlSize(MostDescriptors),
            };
            const int ReceiveCloseOnExec = 0x40000000;
            var read = (int)Syscall.Try(SyscallNumber.Recvmsg, socket, (nint)(&message), ReceiveCloseOnExec);
            if (read >= 0 && message.ControlLength >= 20 && ((int*)control)[2] == 1 && ((int*)control)[3] == 1)
            {
                var count = (int)((*(nuint*)control - 16) / 4);
                for (var i = 0; i < count; i++)
                {
                    descriptors.Add(new Descriptor(((int*)control)[4 + i]));
                }
            }

            return read;
        }
    }

    private static int ControlSize(int descriptors) => (16 + (4 * descriptors) + 7) & ~7;

    private static Descriptor New() =>
        new((int)Syscall.Check(Syscall.Try(SyscallNumber.Socket, Unix, Stream | CloseOnExec, 0), "socket"));

    // An address holds 107 bytes; a longer path goes through a descriptor of its directory.
    private static Descriptor? WithAddress(string path, Action<nint, nint> use)
    {
        Descriptor? directory = null;
        var text = path;
        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            directory = FileSystem.Open(Descriptor.WorkingDirectory, Path.GetDirectoryName(path) ?? "/", OpenFlags.PathOnly | OpenFlags.Directory);
            text = $"/proc/self/fd/{directory.Number}/{Path.GetFileName(path)}";
        }

        if (Encoding.UTF8.GetByteCount(text) > LongestPath)
        {
            directory?.Dispose();
            throw new SyscallException("connect", path, Errno.ENAMETOOLONG);
        }

        var address = stackalloc byte[LongestPath + 3];
        new Span<byte>(address, LongestPath + 3).Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(new Span<byte>(address, 2), Unix);
        var length = Encoding.UTF8.GetBytes(text, new Span<byte>(address + 2, LongestPath));
        try
        {
            use((nint)address, length + 3);
        }
        catch
        {
            directory?.Dispose();
            throw;
        }

        return directory;
    }
}
