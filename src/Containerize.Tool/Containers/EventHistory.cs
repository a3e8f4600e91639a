using Containerize.Containers;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Containers;

/// <summary>The event log with the names and images that its lines leave out, as they were at the time.</summary>
/// <param name="store">The containers.</param>
internal sealed class EventHistory(ContainerStore store)
{
    private readonly Dictionary<string, (string Name, string Image)> _known = [];

    /// <summary>What has happened since it was asked for last; at first all that is known.</summary>
    internal IReadOnlyList<ContainerEvent> Next() => [.. store.Events.Read().Select(Complete)];

    private ContainerEvent Complete(EventRecord record)
    {
        if (!_known.TryGetValue(record.Id, out var known))
        {
            // Its beginning is forgotten.
            known = store.TryRead(record.Id) is { } container ? (container.Name, container.Record.Image) : (record.Id[..Math.Min(12, record.Id.Length)], "");
        }

        known = (record.Name ?? known.Name, record.Image ?? known.Image);
        _known[record.Id] = known;
        return new ContainerEvent(ContainerTimes.Read(record.Time)?.ToLocalTime() ?? default, record.Action, record.Id, known.Name, known.Image, record.ExitCode);
    }
}
