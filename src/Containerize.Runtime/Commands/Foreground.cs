using System.Runtime.InteropServices;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Commands;

/// <summary>Waiting for a container in the foreground: signals go on to it, and its terminal is ours.</summary>
internal static unsafe class Foreground
{
    private const int SetWindowSize = 0x5414;
    private const int GetWindowSize = 0x5413;

    // Of those that can be caught, all that are not the process's own business.
    private static readonly int[] Forwarded = [1, 2, 3, 10, 12, 15, 18, 21, 22, 23];
    private const int WindowChanged = 28;

    /// <summary>Waits for a child to end.</summary>
    /// <param name="process">Its pidfd.</param>
    /// <param name="master">Its terminal's master; null where it has our standard streams.</param>
    /// <returns>Its exit code, or 128 and the number of the signal that ended it.</returns>
    public static int Wait(int process, Descriptor? master)
    {
        var registrations = Signals.Forward(Forwarded, process);
        var code = Wait(process, master, registrations);
        // What nobody refers to is finalised, and then no longer caught.
        GC.KeepAlive(registrations);
        return code;
    }

    private static int Wait(int process, Descriptor? master, List<PosixSignalRegistration> registrations)
    {
        if (master is null)
        {
            Polling.Wait(process, -1);
            return Waiting.ForChild(process);
        }

        using (master)
        using (TerminalMode.Raw(0))
        {
            registrations.Add(PosixSignalRegistration.Create((PosixSignal)WindowChanged, _ => Resize(master)));
            // Not before: a change in between would be missed.
            Resize(master);
            Copy(process, master.Number);
            return Waiting.ForChild(process);
        }
    }

    /// <summary>Gives a terminal the size of ours, where we have one.</summary>
    /// <param name="master">Its master.</param>
    public static void Resize(Descriptor master)
    {
        var window = stackalloc ushort[4];
        if (Syscall.Try(SyscallNumber.Ioctl, 0, GetWindowSize, (nint)window) == 0)
        {
            Syscall.Try(SyscallNumber.Ioctl, master.Number, SetWindowSize, (nint)window);
        }
    }

    /// <summary>The size of our terminal; null where we have none.</summary>
    public static ConsoleSize? Size()
    {
        var window = stackalloc ushort[4];
        return Syscall.Try(SyscallNumber.Ioctl, 0, GetWindowSize, (nint)window) == 0 ? new ConsoleSize { Height = window[0], Width = window[1] } : null;
    }

    // Until the process has ended and its terminal has been read to the end.
    private static void Copy(int process, int master)
    {
        var buffer = new byte[16384];
        var input = 0;
        var ended = false;
        var polled = stackalloc long[3];
        // What is left to read when the process has gone comes at once, unless others still write.
        var wait = stackalloc long[2] { 0, 100_000_000 };
        while (true)
        {
            Polling.Set(polled, 0, master);
            Polling.Set(polled, 1, input);
            Polling.Set(polled, 2, ended ? -1 : process);
            var ready = Syscall.Try(SyscallNumber.Ppoll, (nint)polled, 3, ended ? (nint)wait : 0, 0, 8);
            if (ready < 0 || (ended && ready == 0))
            {
                return;
            }

            if (Polling.Happened(polled, 0) && !Move(master, 1, buffer))
            {
                return;
            }

            if (Polling.Happened(polled, 1) && !Move(input, master, buffer))
            {
                input = -1;
            }

            ended |= Polling.Happened(polled, 2);
        }
    }

    // The end of a terminal whose last process has gone is EIO.
    private static bool Move(int from, int to, byte[] buffer)
    {
        fixed (byte* at = buffer)
        {
            var read = Syscall.Try(SyscallNumber.Read, from, (nint)at, buffer.Length);
            return read > 0 && Output.Write(buffer.AsSpan(0, (int)read), to) == 0;
        }
    }
}
