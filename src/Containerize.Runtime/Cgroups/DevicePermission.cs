using System.Globalization;

namespace Containerize.Runtime.Cgroups;

/// <summary>A rule of the devices controller.</summary>
/// <param name="Allow">Whether it allows.</param>
/// <param name="Type">c, b, or a: all devices and all access.</param>
/// <param name="Major">The major number; -1: all.</param>
/// <param name="Minor">The minor number; -1: all.</param>
/// <param name="Access">What it allows or denies.</param>
internal sealed record DevicePermission(bool Allow, char Type, long Major, long Minor, DeviceAccess Access)
{
    /// <summary>Whether it is about every device.</summary>
    public bool IsAll => Type == 'a';

    /// <summary>As devices.allow takes it and devices.list shows it (https://docs.kernel.org/admin-guide/cgroup-v1/devices.html).</summary>
    public override string ToString() => IsAll ? "a" : $"{Type} {Number(Major)}:{Number(Minor)} {Letters(Access)}";

    /// <summary>The letters in the order of devices.list.</summary>
    public static string Letters(DeviceAccess access) =>
        (access.HasFlag(DeviceAccess.Read) ? "r" : "") + (access.HasFlag(DeviceAccess.Write) ? "w" : "")
            + (access.HasFlag(DeviceAccess.MakeNode) ? "m" : "");

    private static string Number(long number) => number < 0 ? "*" : number.ToString(CultureInfo.InvariantCulture);
}
