using System.Text.Json;
using Containerize.Containers;

namespace Containerize.Tool.Reports;

/// <summary>A container's limits in the fields that docker's HostConfig has; the runtime's configuration knows them.</summary>
internal static class LimitsJson
{
    private const long Billion = 1_000_000_000;

    internal static void Write(Utf8JsonWriter json, ContainerPaths paths)
    {
        var specification = ContainerDocuments.ReadRuntimeSpec(File.ReadAllBytes(paths.Configuration));
        var resources = specification.Linux?.Resources;
        var (memory, cpu) = (resources?.Memory, resources?.Cpu);
        json.WriteNumber("Memory", memory?.Limit ?? 0);
        json.WriteNumber("MemoryReservation", memory?.Reservation ?? 0);
        json.WriteNumber("MemorySwap", memory?.Swap ?? 0);
        json.WriteNumber("NanoCpus", cpu is { Quota: > 0 and var quota, Period: > 0 and var period } ? (long)(quota / (decimal)period * Billion) : 0);
        json.WriteNumber("CpuShares", cpu?.Shares ?? 0);
        json.WriteNumber("CpuPeriod", cpu?.Period ?? 0);
        json.WriteNumber("CpuQuota", cpu?.Quota ?? 0);
        json.WriteString("CpusetCpus", cpu?.Cpus ?? "");
        json.WriteString("CpusetMems", cpu?.Mems ?? "");
        json.WriteNumber("PidsLimit", resources?.Pids?.Limit ?? 0);
        json.WriteNumber("BlkioWeight", resources?.BlockIo?.Weight ?? 0);
        json.WriteNumber("OomScoreAdj", specification.Process?.OomScoreAdj ?? 0);
        json.WriteBoolean("ReadonlyRootfs", specification.Root?.ReadOnly ?? false);
    }
}
