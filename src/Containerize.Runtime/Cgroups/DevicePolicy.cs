using Containerize.Oci.Runtime;
using ExceptionKey = (long Major, long Minor, char Type);

namespace Containerize.Runtime.Cgroups;

/// <summary>All rules on devices of a container, the later ones winning: the configuration's, and then those that every container has.</summary>
/// <param name="Rules">The rules in order.</param>
internal sealed record DevicePolicy(IReadOnlyList<DevicePermission> Rules)
{
    // Given to every container after its own rules by runc and crun alike, and therefore expected: any node may be made, and
    // these used. The path is that of the node which the runtime makes too.
    private static readonly (string Path, DevicePermission Rule)[] Usual =
    [
        ("", new(true, 'c', -1, -1, DeviceAccess.MakeNode)),
        ("", new(true, 'b', -1, -1, DeviceAccess.MakeNode)),
        ("/dev/null", new(true, 'c', 1, 3, DeviceAccess.All)),
        ("/dev/random", new(true, 'c', 1, 8, DeviceAccess.All)),
        ("/dev/full", new(true, 'c', 1, 7, DeviceAccess.All)),
        ("/dev/tty", new(true, 'c', 5, 0, DeviceAccess.All)),
        ("/dev/zero", new(true, 'c', 1, 5, DeviceAccess.All)),
        ("/dev/urandom", new(true, 'c', 1, 9, DeviceAccess.All)),
        ("", new(true, 'c', 136, -1, DeviceAccess.All)), // /dev/pts/*
        ("", new(true, 'c', 5, 2, DeviceAccess.All)), // /dev/ptmx
        ("", new(true, 'c', 10, 200, DeviceAccess.All)), // /dev/net/tun
    ];

    /// <summary>Reads the rules.</summary>
    /// <param name="rules">linux.resources.devices.</param>
    /// <param name="ownNodes">The paths of linux.devices: where one is that of a usual node, its rule is the configuration's too.</param>
    /// <exception cref="ContainerizeException">A rule has no such type, number or access.</exception>
    public static DevicePolicy Of(IReadOnlyList<DeviceRule>? rules, IReadOnlyList<string>? ownNodes = null)
    {
        var all = new List<DevicePermission>();
        foreach (var rule in rules ?? [])
        {
            all.Add(Read(rule));
        }

        foreach (var (path, rule) in Usual)
        {
            if (path.Length == 0 || !Contains(ownNodes, path))
            {
                all.Add(rule);
            }
        }

        return new(all);
    }

    /// <summary>The least that the devices controller of version 1 must be told: at first to deny or allow all, and then each exception.</summary>
    /// <exception cref="ContainerizeException">A rule would take from a wider one, which the controller passes over in silence.</exception>
    public IReadOnlyList<DevicePermission> Exceptions()
    {
        var allowed = false;
        var exceptions = new SortedDictionary<ExceptionKey, DeviceAccess>();
        foreach (var rule in Rules)
        {
            var key = (rule.Major, rule.Minor, rule.Type);
            if (rule.IsAll)
            {
                allowed = rule.Allow;
                exceptions.Clear();
            }
            else if (rule.Allow != allowed)
            {
                exceptions[key] = exceptions.GetValueOrDefault(key) | rule.Access;
            }
            else
            {
                TakeBack(rule, exceptions);
            }
        }

        var list = new List<DevicePermission> { new(allowed, 'a', -1, -1, DeviceAccess.All) };
        foreach (var (key, access) in exceptions)
        {
            list.Add(new(!allowed, key.Type, key.Major, key.Minor, access));
        }

        return list;
    }

    /// <summary>What is written on version 1.</summary>
    public IReadOnlyList<ResourceWrite> Version1Writes()
    {
        var writes = new List<ResourceWrite>();
        foreach (var rule in Exceptions())
        {
            writes.Add(new("devices", rule.Allow ? "devices.allow" : "devices.deny", rule.ToString()));
        }

        return writes;
    }

    // The controller itself takes back only what names the same numbers, and is silent about the rest: of a narrower exception, which is
    // done here for it, and of a wider one, which it cannot express.
    private static void TakeBack(DevicePermission rule, SortedDictionary<ExceptionKey, DeviceAccess> exceptions)
    {
        foreach (var (key, access) in new List<KeyValuePair<ExceptionKey, DeviceAccess>>(exceptions))
        {
            var left = access & ~rule.Access;
            if (left == access || key.Type != rule.Type || !Meets(key.Major, rule.Major) || !Meets(key.Minor, rule.Minor))
            {
                continue;
            }

            if (!Covers(rule.Major, key.Major) || !Covers(rule.Minor, key.Minor))
            {
                throw new ContainerizeException(
                    CgroupError.Resources, "reading linux.resources.devices",
                    $"the rule to {(rule.Allow ? "allow" : "deny")} \"{rule}\" takes from an earlier, wider one, which cgroup version 1 "
                        + "cannot express",
                    "Name the devices of the wider rule one by one.");
            }

            if (left == DeviceAccess.None)
            {
                exceptions.Remove(key);
            }
            else
            {
                exceptions[key] = left;
            }
        }
    }

    private static bool Covers(long wide, long narrow) => wide < 0 || wide == narrow;

    private static bool Meets(long a, long b) => Covers(a, b) || Covers(b, a);

    private static DevicePermission Read(DeviceRule rule)
    {
        var type = rule.Type is null or "" ? "a" : rule.Type;
        if (type is not ("a" or "b" or "c"))
        {
            throw Wrong($"\"{type}\" is not a type of devices: a, b or c");
        }

        // As with runc, other letters say nothing. Absent access is no access: an empty rule would be one that its writer did not mean.
        var access = DeviceAccess.None;
        foreach (var letter in rule.Access ?? "")
        {
            access |= letter switch
            {
                'r' => DeviceAccess.Read,
                'w' => DeviceAccess.Write,
                'm' => DeviceAccess.MakeNode,
                _ => DeviceAccess.None,
            };
        }

        if (access == DeviceAccess.None)
        {
            throw Wrong(rule.Access is { Length: > 0 } letters ? $"\"{letters}\" is not access to a device: letters of r, w and m" : "a rule has no access");
        }

        return new(rule.Allow, type[0], Number(rule.Major), Number(rule.Minor), access);
    }

    private static long Number(long? number) => number switch
    {
        null or -1 => -1,
        >= 0 and <= uint.MaxValue => number.Value,
        _ => throw Wrong($"{number} is not the number of a device"),
    };

    private static ContainerizeException Wrong(string why) => new(CgroupError.Resources, "reading linux.resources.devices", why, "");

    private static bool Contains(IReadOnlyList<string>? paths, string path)
    {
        foreach (var own in paths ?? [])
        {
            if (own == path)
            {
                return true;
            }
        }

        return false;
    }
}
