using System.Buffers.Binary;
using System.Text;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime;

/// <summary>The dialogue between the parent and the container's first process.</summary>
/// <remarks>
/// <code>
///   host                                   child, later init
///    | clone3 ------------------------------&gt; |          RawChild
///    |            [NeedsIdMaps] &lt;------------ |          where it joins namespaces and makes a user namespace
///    | newuidmap, newgidmap; Proceed --------&gt; |
///    |            [NeedsTimeOffsets] &lt;------- |
///    | timens_offsets; Proceed --------------&gt; |
///    |            [SecondChild pid] &lt;-------- |          from here on the second child
///    | id maps; [Proceed] -------------------&gt; |          where it waits for them
///    | Request, config ----------------------&gt; | execveat: init is managed code from here on
///    | cgroups, rlimits that are raised        |
///    | Cgroups ------------------------------&gt; | enters them, and a cgroup namespace
///    | [Network] ----------------------------&gt; | enters it; where there is a user namespace, makes one itself
///    | [Filter] -----------------------------&gt; |          read when it is needed, or before the first Proceed
///    |            [NeedsTree] &lt;--------------- |          for a bind mount whose source its user may not reach
///    | open_tree; Tree ----------------------&gt; |
///    |            [RunHooks] &lt;---------------- |          everything is mounted, and the host has hooks
///    | hooks; Proceed -----------------------&gt; |
///    |            Ready &lt;--------------------- |          pivoted, named, dressed
///    | pids limit, state.json: created         |
///    | Proceed ------------------------------&gt; | waits at the FIFO until `start` (StartChannel), which `run` leaves out; then executes
/// </code>
/// A frame is the kind and the length of what follows, four bytes each, little-endian. What the child sends is bounded: it may be
/// in a container that somebody else fills.
/// </remarks>
internal sealed class SyncChannel(Descriptor socket) : IDisposable
{
    private const int MostBytes = 16 * 1024 * 1024;

    /// <summary>The socket's number.</summary>
    public int Number => socket.Number;

    /// <summary>Sends a message.</summary>
    public void Send(SyncKind kind, ReadOnlySpan<byte> content = default)
    {
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(header, (int)kind);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], content.Length);
        WriteAll(header);
        WriteAll(content);
    }

    /// <summary>Sends a message with descriptors.</summary>
    public void Send(SyncKind kind, ReadOnlySpan<byte> content, ReadOnlySpan<int> descriptors)
    {
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(header, (int)kind);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], content.Length);
        Sockets.Send(Number, header, descriptors);
        WriteAll(content);
    }

    /// <summary>Receives a message; null when the other side has ended.</summary>
    public SyncMessage? Receive() => Receive([]);

    /// <summary>As the other, with the descriptors that come along, which are the caller's whatever comes.</summary>
    public SyncMessage? Receive(List<Descriptor> descriptors)
    {
        var header = new byte[8];
        if (Sockets.TryReceive(Number, header, descriptors) != header.Length)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4));
        if (length is < 0 or > MostBytes)
        {
            throw new SyscallException("read", "the channel between the runtime's processes", Errno.EOVERFLOW);
        }

        var content = new byte[length];
        return ReadAll(content) ? new SyncMessage((SyncKind)BinaryPrimitives.ReadInt32LittleEndian(header), content) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private void WriteAll(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[(int)Syscall.Check(FileSystem.TryWrite(socket.Number, bytes), "write", "to the other process of the runtime")..];
        }
    }

    private unsafe bool ReadAll(byte[] bytes)
    {
        var done = 0;
        while (done < bytes.Length)
        {
            fixed (byte* at = bytes)
            {
                var read = Syscall.Try(SyscallNumber.Read, socket.Number, (nint)(at + done), bytes.Length - done);
                // A reset is an end too: the other died with something unread.
                if (read <= 0)
                {
                    return false;
                }

                done += (int)read;
            }
        }

        return true;
    }
}

/// <summary>One message of a <see cref="SyncChannel"/>.</summary>
internal sealed record SyncMessage(SyncKind Kind, byte[] Content)
{
    /// <summary>The content as a text.</summary>
    public string Text => Encoding.UTF8.GetString(Content);

    /// <summary>A number of the content, by its place; 0 where it is shorter.</summary>
    public int Number(int index) => Content.Length >= (index + 1) * 4 ? BinaryPrimitives.ReadInt32LittleEndian(Content.AsSpan(index * 4)) : 0;
}
