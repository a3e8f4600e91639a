using System.Globalization;

namespace Containerize.Testing.Waiting;

/// <summary>A TCP port on which a process of the container listens.</summary>
/// <remarks>
/// A connection to the published port says nothing: the engine takes it before it knows whether somebody listens behind it. So the kernel is asked, for the
/// container's network namespace: https://man7.org/linux/man-pages/man5/proc_pid_net.5.html
/// </remarks>
internal sealed class PortCondition(int port) : WaitCondition
{
    internal override ConditionCheck Begin(StartedContainer container) => async token =>
    {
        var pid = await container.PidAsync(token);
        return pid > 0 && (Listens(pid, "tcp") || Listens(pid, "tcp6")) ? null : $"nothing listens on port {port}";
    };

    // "  sl  local_address rem_address   st ...", then "   0: 00000000:1F90 00000000:0000 0A ...": 0A is TCP_LISTEN.
    private bool Listens(int pid, string protocol)
    {
        try
        {
            return File.ReadLines($"/proc/{pid}/net/{protocol}")
                .Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Any(fields => fields.Length > 3 && fields[3] == "0A" && PortOf(fields[1]) == port);
        }
        catch (IOException)
        {
            // The process has just gone.
            return false;
        }
    }

    private static int PortOf(string address) => int.Parse(address.AsSpan(address.LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
