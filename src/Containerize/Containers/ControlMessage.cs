namespace Containerize.Containers;

/// <summary>The kinds of messages between a container's monitor and those who talk to it over DIRECTORY/control (AF_UNIX, SOCK_SEQPACKET).</summary>
/// <remarks>A message is one byte of kind and the rest; numbers are little-endian; data comes in pieces of at most 32768 bytes.</remarks>
public enum ControlMessage : byte
{
    /// <summary>To the monitor: from now on, what the container prints. Byte: 1: its input too (the first who has it keeps it).</summary>
    Attach = (byte)'a',

    /// <summary>To the monitor: start the container that waits. The answer is <see cref="Started"/> or <see cref="Failed"/>.</summary>
    Start = (byte)'s',

    /// <summary>To the monitor: for the container's input.</summary>
    Input = (byte)'i',

    /// <summary>To the monitor: its input has ended.</summary>
    InputEnd = (byte)'e',

    /// <summary>To the monitor: the size of the terminal: ushort rows, ushort columns.</summary>
    Resize = (byte)'r',

    /// <summary>To the monitor: int signal. Sends it. The answer is <see cref="Done"/> or <see cref="Failed"/>.</summary>
    Signal = (byte)'k',

    /// <summary>To the monitor: int signal (0: the plan's), int seconds (below -1: the plan's; -1: for ever). Ends the container, and it stays so. The answer comes when it has: <see cref="Exited"/>.</summary>
    Stop = (byte)'t',

    /// <summary>To the monitor: freeze. The answer is <see cref="Done"/> or <see cref="Failed"/>.</summary>
    Pause = (byte)'p',

    /// <summary>To the monitor: let it run again. The answer is <see cref="Done"/> or <see cref="Failed"/>.</summary>
    Unpause = (byte)'u',

    /// <summary>To the monitor: say <see cref="Exited"/> when the container has ended for good.</summary>
    Wait = (byte)'w',

    /// <summary>To the monitor: end the container when this connection ends, however that comes.</summary>
    Lease = (byte)'l',

    /// <summary>From the monitor: what the container printed.</summary>
    Output = (byte)'O',

    /// <summary>From the monitor: what it printed to its standard error.</summary>
    ErrorOutput = (byte)'E',

    /// <summary>From the monitor: the container runs. int process id.</summary>
    Started = (byte)'S',

    /// <summary>From the monitor: what was asked is done.</summary>
    Done = (byte)'D',

    /// <summary>From the monitor: it could not be done. int exit code (125, 126 or 127), then text.</summary>
    Failed = (byte)'F',

    /// <summary>From the monitor: int exit code. The container has ended for good, and its state is written.</summary>
    Exited = (byte)'X',
}
