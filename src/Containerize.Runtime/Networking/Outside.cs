using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Networking;

/// <summary>A container's way to the outside: a program that plays its network card and opens the sockets of the host for it, with no rights that a plain user has not.</summary>
internal sealed class Outside : IDisposable
{
    private const int Step = 5;

    private readonly ChildProcess _program;

    private Outside(ChildProcess program, OutsideProgram kind)
    {
        _program = program;
        Kind = kind;
    }

    /// <summary>Which program it is.</summary>
    public OutsideProgram Kind { get; }

    /// <summary>The container's address there; null: it has none of IPv4.</summary>
    public string? Address { get; private set; }

    /// <summary>The address at which the host is reached.</summary>
    public string? Host { get; private set; }

    // Both are ready in a tenth of a second; a machine under load takes its time.
    private static int Patience => 10_000;

    /// <summary>Makes one for a container's network.</summary>
    /// <param name="found">The program; null: none is installed.</param>
    /// <param name="thread">The container's network.</param>
    /// <param name="reachesHost">Whether the container may come to what listens on the host's own loopback interface.</param>
    /// <param name="warning">Why there is none; null: there is one.</param>
    public static Outside? TryStart(OutsideProgram? found, NamespaceThread thread, bool reachesHost, out string? warning)
    {
        if (found is not { } program)
        {
            warning = "no way to the outside: neither pasta nor slirp4netns is installed (packages passt, slirp4netns); the container's ports work without.";
            return null;
        }

        // Opened for writing, as the program does.
        var device = FileSystem.TryOpen(Descriptor.WorkingDirectory, "/dev/net/tun", OpenFlags.ReadWrite);
        if (device < 0)
        {
            warning = $"no way to the outside: {program.Name} needs /dev/net/tun: {Errno.Describe((int)-device)}"
                + (-device == Errno.EACCES ? "; `sudo chmod 666 /dev/net/tun` lets plain users have it." : "; `sudo modprobe tun` makes it.");
            return null;
        }

        new Descriptor((int)device).Dispose();
        var words = "";
        try
        {
            var outside = Start(program, thread, reachesHost, out words);
            warning = outside is null ? $"no way to the outside: {program.Name} failed: {words}" : null;
            return outside;
        }
        catch (SyscallException e)
        {
            warning = $"no way to the outside: {program.Name}: {e.Message}";
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _program.Wait(0);
        _program.Dispose();
    }

    private static Outside? Start(OutsideProgram program, NamespaceThread thread, bool reachesHost, out string words)
    {
        words = "";
        using var output = MemoryFile.Create("output");
        // Its own standard input, as it may not look at ours: /proc/PID/fd is for those with our rights (ptrace(2)).
        var child = ChildProcess.StartBound(program.Path, program.Arguments("/proc/self/fd/0", reachesHost), [], thread.Namespace.Number, output.Number);
        var outside = new Outside(child, program);
        for (var waited = 0; waited < Patience && !child.HasEnded(); waited += Step)
        {
            thread.Run(outside.Look);
            if (outside.Host is not null)
            {
                return outside;
            }

            Thread.Sleep(Step);
        }

        words = child.HasEnded() ? "" : "it was not ready in time; ";
        outside.Dispose();
        words += MemoryFile.Text(output);
        return null;
    }

    // It is ready when there is a route to everywhere.
    private void Look()
    {
        foreach (var line in SharedFile.Read("/proc/thread-self/net/route").Split('\n'))
        {
            if (line.Split('\t', StringSplitOptions.TrimEntries) is [var device, "00000000", var gateway, ..])
            {
                Host = RouteAddress(gateway);
                Address = Interfaces.AddressOf(device);
                return;
            }
        }
    }

    // As the kernel prints a number that is in the order of the network: on our machines the other way round.
    private static string RouteAddress(string text)
    {
        var bytes = Convert.FromHexString(text);
        return $"{bytes[3]}.{bytes[2]}.{bytes[1]}.{bytes[0]}";
    }
}
