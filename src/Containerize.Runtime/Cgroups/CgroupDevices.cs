
namespace Containerize.Runtime.Cgroups;

/// <summary>Sets rules on devices: a program on version 2, the devices controller on version 1.</summary>
internal static class CgroupDevices
{
    /// <summary>Sets them.</summary>
    /// <exception cref="ContainerizeException">They cannot be set, and that is not passed over.</exception>
    public static void Apply(IReadOnlyList<CgroupDirectory> directories, DevicePolicy policy, bool rootless)
    {
        var directory = CgroupLimit.Find(directories, "devices");
        if (directory is null)
        {
            // Cgroup.Create refuses this to root.
            return;
        }

        try
        {
            if (directory.Version == CgroupVersion.One)
            {
                CgroupLimit.WriteAll([directory], policy.Version1Writes());
                RequireList(directory, policy);
            }
            else
            {
                DeviceFilter.Attach(directory, DeviceProgram.Compile(policy.Rules));
            }
        }
        catch (ContainerizeException e) when (rootless && e.Number == CgroupError.Limit)
        {
        }
        catch (SyscallException e)
        {
            if (!rootless && !AllowsAll(policy))
            {
                throw new ContainerizeException(
                    CgroupError.Limit, $"setting the rules on devices of {directory.Path}", e.Message,
                    "They need the capability CAP_BPF or CAP_SYS_ADMIN outside of any user namespace.", e);
            }
        }
    }

    private static bool AllowsAll(DevicePolicy policy)
    {
        foreach (var rule in policy.Rules)
        {
            if (rule.IsAll && rule.Allow)
            {
                return true;
            }

            if (!rule.Allow)
            {
                return false;
            }
        }

        return false;
    }

    // The controller passes over what it cannot express. Of what it denies in an allowing cgroup it shows nothing.
    private static void RequireList(CgroupDirectory directory, DevicePolicy policy)
    {
        var expected = new List<string>();
        var rules = policy.Exceptions();
        if (rules[0].Allow)
        {
            expected.Add("a *:* rwm");
        }
        else
        {
            for (var i = 1; i < rules.Count; i++)
            {
                expected.Add(rules[i].ToString());
            }
        }

        var present = new List<string>((directory.TryRead("devices.list") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        expected.Sort(StringComparer.Ordinal);
        present.Sort(StringComparer.Ordinal);
        var wanted = string.Join(", ", expected);
        var got = string.Join(", ", present);
        if (wanted != got)
        {
            throw new ContainerizeException(
                CgroupError.Limit, $"setting the rules on devices of {directory.Path}", $"the kernel made of \"{wanted}\" \"{got}\"", "");
        }
    }
}
