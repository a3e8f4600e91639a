using System.Text;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime;

/// <summary>What init says to `start` through the container's FIFO: that it goes on, and, where a hook depends on it, how that went.</summary>
/// <remarks>
/// <code>
///   init                                   start
///    | opens the FIFO, waits                 | opens it
///    | GoesOn -----------------------------&gt; | has started the container, and returns; or
///    | GoesOnWithHooks --------------------&gt; | waits for the end
///    | startContainer hooks                  |
///    | Executes ---------------------------&gt; |
///    | execve, which closes the FIFO ------&gt; | poststart hooks
///    | or the text of its failure ---------&gt; | ends the container, and fails
/// </code>
/// An end without <see cref="Executes"/> and without a text is init's death.
/// </remarks>
internal static class StartChannel
{
    private const byte GoesOn = (byte)'0';
    private const byte GoesOnWithHooks = (byte)'1';
    private const byte Executes = (byte)'2';

    // What a pipe takes without a reader, at least.
    private const int MostBytes = 4096;

    /// <summary>Init: waits for `start`.</summary>
    /// <param name="proc">A procfs.</param>
    /// <param name="fifo">The FIFO.</param>
    /// <param name="hasHooks">Whether `start` is to wait until the user's program is executed.</param>
    /// <returns>The end to `start`, which is closed at exec; null where it does not wait.</returns>
    public static Descriptor? Await(ProcFs proc, int fifo, bool hasHooks)
    {
        // Opening it waits until somebody opens the other end.
        var end = proc.Reopen(fifo, OpenFlags.WriteOnly);
        try
        {
            Syscall.Check(FileSystem.TryWrite(end.Number, [hasHooks ? GoesOnWithHooks : GoesOn]), "write", StateDirectory.StartFifo);
        }
        catch
        {
            end.Dispose();
            throw;
        }

        if (hasHooks)
        {
            return end;
        }

        end.Dispose();
        return null;
    }

    /// <summary>Init: tells that execve is next.</summary>
    public static void TellExecution(Descriptor? end)
    {
        if (end is not null)
        {
            // Where `start` has gone nobody needs to know.
            FileSystem.TryWrite(end.Number, [Executes]);
        }
    }

    /// <summary>Init: tells what it failed at.</summary>
    /// <returns>Whether somebody can read it.</returns>
    public static bool TellFailure(Descriptor? end, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return end is not null && FileSystem.TryWrite(end.Number, bytes.AsSpan(0, Math.Min(bytes.Length, MostBytes - 1))) > 0;
    }

    /// <summary>`start`: lets init go on, and waits as long as hooks ask for it.</summary>
    /// <param name="fifo">The FIFO, not blocking.</param>
    /// <param name="process">Init's pidfd.</param>
    /// <param name="goesOn">What is done as soon as init goes on.</param>
    /// <returns>Whether it goes on, or is dead; and what it failed at, where it has said so.</returns>
    public static (bool IsAlive, string? Failure) Open(int fifo, int process, Action goesOn)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        if (!TryReadFirst(fifo, process, bytes[..1]))
        {
            return (false, null);
        }

        goesOn();
        if (bytes[0] != GoesOnWithHooks)
        {
            return (true, null);
        }

        var length = ReadToEnd(fifo, bytes);
        var executes = length > 0 && bytes[0] == Executes;
        var text = Encoding.UTF8.GetString(bytes[(executes ? 1 : 0)..length]);
        return (executes || text.Length > 0, text.Length > 0 ? text : null);
    }

    // Init opens the FIFO when it gets there, and may die before.
    private static bool TryReadFirst(int fifo, int process, Span<byte> bytes)
    {
        const int Step = 20;
        while (true)
        {
            Polling.Wait(fifo, Step);
            if (TryRead(fifo, bytes) == 1)
            {
                return true;
            }

            if (Polling.Wait(process, 0))
            {
                return false;
            }

            // A FIFO that nobody has open for writing is at its end at once.
            Cgroups.Pause.For(1);
        }
    }

    private static int ReadToEnd(int fifo, Span<byte> bytes)
    {
        var length = 0;
        while (length < bytes.Length)
        {
            Polling.Wait(fifo, -1);
            var read = TryRead(fifo, bytes[length..]);
            if (read != -Errno.EAGAIN && Syscall.Check(read, "read", StateDirectory.StartFifo) == 0)
            {
                break;
            }

            length += (int)Math.Max(read, 0);
        }

        return length;
    }

    private static unsafe nint TryRead(int fifo, Span<byte> bytes)
    {
        fixed (byte* at = bytes)
        {
            return Syscall.Try(SyscallNumber.Read, fifo, (nint)at, bytes.Length);
        }
    }
}
