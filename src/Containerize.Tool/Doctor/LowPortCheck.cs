using System.Globalization;

namespace Containerize.Tool.Doctor;

/// <summary>Which ports of the host a plain user may publish.</summary>
/// <param name="files">The machine.</param>
internal sealed class LowPortCheck(SystemFiles files)
{
    /// <summary>Looks.</summary>
    internal Finding Look()
    {
        const string Subject = "ports below 1024";
        const int Web = 80;
        var first = int.TryParse(files.Text("/proc/sys/net/ipv4/ip_unprivileged_port_start"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1024;
        return first <= Web
            ? Finding.Good(Subject, $"a plain user may publish ports from {first} on")
            : Finding.Lacks(Subject, $"a plain user may publish ports from {first} on", UserNamespaceCheck.Set("net.ipv4.ip_unprivileged_port_start=80"));
    }
}
