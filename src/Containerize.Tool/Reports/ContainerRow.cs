using System.Text.Json;
using Containerize.Containers;

namespace Containerize.Tool.Reports;

/// <summary>One line of <c>ps</c>, in the fields that docker's has.</summary>
internal static class ContainerRow
{
    internal static string Id(LocalContainer container, bool whole) => whole ? container.Id : container.Id[..12];

    internal static string Command(LocalContainer container, bool whole)
    {
        const int Most = 20;
        var text = string.Join(' ', container.Record.Command);
        return $"\"{(whole || text.Length <= Most ? text : text[..(Most - 1)] + "…")}\"";
    }

    internal static string Ports(LocalContainer container) => string.Join(", ", (container.IsRunning ? container.Status.Ports : null)?.Select(Port) ?? []);

    internal static JsonElement Json(LocalContainer container, bool whole, DateTimeOffset now)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("ID", Id(container, whole));
            json.WriteString("Names", container.Name);
            json.WriteString("Image", container.Record.Image);
            json.WriteString("Command", Command(container, whole));
            json.WriteString("CreatedAt", container.Record.Created);
            json.WriteString("RunningFor", ContainerTimes.Since(container.Record.Created, now) + " ago");
            json.WriteString("State", container.Status.Status);
            json.WriteString("Status", ContainerTimes.Status(container, now));
            json.WriteString("Health", container.Status.Health?.Status ?? "");
            json.WriteNumber("ExitCode", container.Status.ExitCode);
            json.WriteString("Ports", Ports(container));
            json.WriteString("Labels", string.Join(',', (container.Record.Config.Labels ?? []).Select(l => $"{l.Key}={l.Value}")));
            json.WriteString("Mounts", string.Join(',', container.Record.Mounts.Select(m => m.Name ?? m.Source)));
            json.WriteString("Networks", container.Plan.Network.Name ?? container.Plan.Network.Kind);
            json.WriteEndObject();
        }

        return JsonDocument.Parse(buffer.ToArray()).RootElement;
    }

    internal static string Port(PortPlan port)
    {
        var address = port.HostAddress.Length == 0 ? "0.0.0.0" : port.HostAddress;
        return $"{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:{port.HostPort}->{port.ContainerPort}/{port.Protocol}";
    }
}
