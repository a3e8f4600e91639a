using System.Text.Json;
using Containerize.Containers;

namespace Containerize.Tool.Containers;

/// <summary>The processes of a container, as /proc has them.</summary>
internal static class ContainerProcesses
{
    /// <summary>Their ids; the runtime knows them.</summary>
    internal static IReadOnlyList<int> Ids(LocalEngine engine, LocalContainer container)
    {
        var (code, output, _) = new Launching(engine).Run("ps", "--format", "json", container.Id);
        if (code != 0)
        {
            // A plain user's container may have no cgroup that could be asked.
            return InNamespace(container.Status.Pid);
        }

        using var ids = JsonDocument.Parse(output);
        return ids.RootElement.ValueKind == JsonValueKind.Array ? [.. ids.RootElement.EnumerateArray().Select(e => e.GetInt32()).Order()] : [];
    }

    /// <summary>Those of the pid namespace of one of them.</summary>
    internal static IReadOnlyList<int> InNamespace(int first)
    {
        var own = new FileInfo($"/proc/{first}/ns/pid").LinkTarget;
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                if (int.TryParse(Path.GetFileName(directory), out var id) && new FileInfo($"/proc/{id}/ns/pid").LinkTarget == own)
                {
                    found.Add(id);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is nothing of ours.
            }
        }

        return [.. found.Order()];
    }
}
