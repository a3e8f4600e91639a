using Containerize.Oci.Runtime;
using static Containerize.Runtime.Cgroups.ResourceWrite;

namespace Containerize.Runtime.Cgroups;

/// <summary>Limits as files of version 2 (https://docs.kernel.org/admin-guide/cgroup-v2.html). What it has no file for is left out.</summary>
internal sealed class Version2Plan
{
    // The kernel's own, where only the quota is given.
    private const ulong UsualPeriod = 100_000;

    private readonly List<ResourceWrite> _writes = [];

    private Version2Plan()
    {
    }

    /// <summary>The writes in order.</summary>
    public static List<ResourceWrite> Of(ResourcesSpec resources)
    {
        var plan = new Version2Plan();
        plan.Memory(resources.Memory);
        plan.BlockIo(resources.BlockIo);
        plan.Cpu(resources.Cpu);
        plan.Cpuset(resources.Cpu);
        foreach (var limit in resources.HugepageLimits ?? [])
        {
            plan.Add("hugetlb", $"hugetlb.{limit.PageSize}.max", Text(limit.Limit));
            plan._writes.Add(new("hugetlb", $"hugetlb.{limit.PageSize}.rsvd.max", Text(limit.Limit)) { IfPresent = true });
        }

        plan._writes.AddRange(RdmaPlan.Of(resources.Rdma));
        plan.Unified(resources.Unified);
        return plan._writes;
    }

    private void Memory(MemoryResources? memory)
    {
        const string Controller = "memory";
        var limit = memory?.Limit ?? 0;
        if (ResourceConversion.Swap(memory?.Swap ?? 0, limit) is { } swap)
        {
            _writes.Add(new(Controller, "memory.swap.max", OrMax(swap)) { IfPresent = swap is -1 or 0 });
        }

        if (limit != 0)
        {
            Add(Controller, "memory.max", OrMax(limit));
        }

        if (memory?.Reservation is { } reservation and not 0)
        {
            Add(Controller, "memory.low", OrMax(reservation));
        }
    }

    private void BlockIo(BlockIoResources? io)
    {
        const string Controller = "io";
        if (io?.Weight is { } weight and not 0)
        {
            _writes.Add(new(Controller, "io.bfq.weight", Text(weight))
            {
                Otherwise = new(Controller, "io.weight", Text(ResourceConversion.IoWeight(weight))),
            });
        }

        foreach (var device in io?.WeightDevice ?? [])
        {
            if (device.Weight is { } own and not 0)
            {
                _writes.Add(new(Controller, "io.bfq.weight", $"{Text(device.Major)}:{Text(device.Minor)} {Text(own)}") { IfPresent = true });
            }
        }

        Throttle("rbps", io?.ThrottleReadBpsDevice);
        Throttle("wbps", io?.ThrottleWriteBpsDevice);
        Throttle("riops", io?.ThrottleReadIopsDevice);
        Throttle("wiops", io?.ThrottleWriteIopsDevice);
    }

    private void Throttle(string key, IReadOnlyList<ThrottleDevice>? devices)
    {
        foreach (var device in devices ?? [])
        {
            Add("io", "io.max", $"{Text(device.Major)}:{Text(device.Minor)} {key}={Text(device.Rate)}");
        }
    }

    private void Cpu(CpuResources? cpu)
    {
        const string Controller = "cpu";
        if (cpu is null)
        {
            return;
        }

        // An idle cgroup refuses a weight.
        if (cpu.Idle is { } busy and not 1)
        {
            Add(Controller, "cpu.idle", Text(busy));
        }

        if (cpu.Shares is { } shares and not 0)
        {
            Add(Controller, "cpu.weight", Text(ResourceConversion.CpuWeight(shares)));
        }

        if (cpu.Burst is { } burst)
        {
            _writes.Add(new(Controller, "cpu.max.burst", Text(burst)) { AgainIfInvalid = true });
        }

        var quota = cpu.Quota ?? 0;
        var period = cpu.Period ?? 0;
        if (quota != 0 || period != 0)
        {
            Add(Controller, "cpu.max", $"{(quota > 0 ? Text(quota) : "max")} {Text(period == 0 ? UsualPeriod : period)}");
        }

        if (cpu.Idle is 1)
        {
            Add(Controller, "cpu.idle", "1");
        }
    }

    private void Cpuset(CpuResources? cpu)
    {
        if (!string.IsNullOrEmpty(cpu?.Cpus))
        {
            Add("cpuset", "cpuset.cpus", cpu.Cpus);
        }

        if (!string.IsNullOrEmpty(cpu?.Mems))
        {
            Add("cpuset", "cpuset.mems", cpu.Mems);
        }
    }

    private void Unified(IReadOnlyDictionary<string, string>? files)
    {
        foreach (var (file, value) in files ?? new Dictionary<string, string>())
        {
            var dot = file.IndexOf('.');
            if (dot <= 0)
            {
                throw ResourcePlan.Refused($"\"{file}\" in \"unified\" has not the form CONTROLLER.FILE");
            }

            // The kernel takes one line with each write.
            foreach (var line in value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Add(file[..dot], file, line);
            }
        }
    }

    private void Add(string controller, string file, string value) => _writes.Add(new(controller, file, value));

    private static string OrMax(long value) => value == -1 ? "max" : Text(value);
}
