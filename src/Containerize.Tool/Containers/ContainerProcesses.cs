using System.Text.Json;
using Containerize.Containers;

namespace Containerize.Tool.Containers;

/// <summary>The processes of a container, as /proc has them.</summary>
internal static class ContainerProcesses
{
    /// <summary>Their ids; the runtime knows them.</summary>
    internal static IReadOnlyList<int> Ids(LocalEngine engine, LocalContainer container)
    {
        var (code, output, error) = new Launching(engine).Run("ps", "--format", "json", container.Id);
        if (code != 0)
        {
            throw new ContainerizeException(5026, $"listing the processes of '{container.Name}'", error.TrimEnd('.'), "");
        }

        using var ids = JsonDocument.Parse(output);
        return ids.RootElement.ValueKind == JsonValueKind.Array ? [.. ids.RootElement.EnumerateArray().Select(e => e.GetInt32()).Order()] : [];
    }
}
