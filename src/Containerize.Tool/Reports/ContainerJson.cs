using System.Text.Json;
using Containerize.Containers;

namespace Containerize.Tool.Reports;

/// <summary>A container as JSON, in the fields that docker's <c>inspect</c> has.</summary>
internal static class ContainerJson
{
    /// <summary>Writes several: an array, or for each what a template makes of it.</summary>
    internal static void Write(IEnumerable<LocalContainer> containers, string? shape, TextWriter output)
    {
        if (shape is not null && FieldTemplate.Is(shape))
        {
            foreach (var container in containers)
            {
                output.WriteLine(FieldTemplate.Fill(shape, Of(container)));
            }

            return;
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var container in containers)
            {
                Write(json, container);
            }

            json.WriteEndArray();
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    internal static JsonElement Of(LocalContainer container)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, container);
        }

        return JsonDocument.Parse(buffer.ToArray()).RootElement;
    }

    private static void Write(Utf8JsonWriter json, LocalContainer container)
    {
        var (record, plan, status) = (container.Record, container.Plan, container.Status);
        json.WriteStartObject();
        json.WriteString("Id", record.Id);
        json.WriteString("Created", record.Created);
        json.WriteString("Path", record.Command.Count > 0 ? record.Command[0] : "");
        Strings(json, "Args", record.Command.Skip(1));
        WriteState(json, container);
        json.WriteString("Image", record.ImageDigest?.ToString() ?? "");
        json.WriteString("ImageName", record.Image);
        json.WriteString("Name", record.Name);
        json.WriteNumber("RestartCount", status.Restarts);
        json.WriteString("Driver", plan.Root.Kind);
        WriteGraphDriver(json, plan.Root);
        json.WriteString("Platform", "linux");
        json.WriteString("LogPath", container.Paths.Log);
        json.WriteString("HostsPath", container.Paths.Hosts);
        json.WriteString("HostnamePath", container.Paths.HostName);
        json.WriteString("ResolvConfPath", container.Paths.ResolvConf);
        WriteHostConfig(json, container);
        WriteMounts(json, record);
        WriteConfig(json, container);
        WriteNetwork(json, container);
        json.WriteEndObject();
    }

    // Docker's words for what is laid one upon another; a copy has none of it.
    private static void WriteGraphDriver(Utf8JsonWriter json, RootPlan root)
    {
        json.WriteStartObject("GraphDriver");
        json.WriteString("Name", root.Kind);
        json.WriteStartObject("Data");
        json.WriteString("MergedDir", root.Target);
        if (root.Kind != RootKind.Copy)
        {
            json.WriteString("LowerDir", string.Join(':', root.Layers.Reverse()));
            json.WriteString("UpperDir", root.Upper);
            json.WriteString("WorkDir", root.Work);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter json, LocalContainer container)
    {
        var status = container.Status;
        json.WriteStartObject("State");
        json.WriteString("Status", status.Status);
        json.WriteBoolean("Running", status.Status is "running" or "paused");
        json.WriteBoolean("Paused", status.Status == "paused");
        json.WriteBoolean("Restarting", status.Status == "restarting");
        json.WriteBoolean("OOMKilled", status.OutOfMemory);
        json.WriteBoolean("Dead", false);
        json.WriteNumber("Pid", status.Pid);
        json.WriteNumber("MonitorPid", status.MonitorPid);
        json.WriteNumber("ExitCode", status.ExitCode);
        json.WriteString("Error", status.Error ?? "");
        json.WriteString("StartedAt", status.StartedAt ?? "0001-01-01T00:00:00Z");
        json.WriteString("FinishedAt", status.FinishedAt ?? "0001-01-01T00:00:00Z");
        if (status.Health is { } health)
        {
            json.WriteStartObject("Health");
            json.WriteString("Status", health.Status);
            json.WriteNumber("FailingStreak", health.Failures);
            json.WriteStartArray("Log");
            foreach (var check in health.Log ?? [])
            {
                json.WriteStartObject();
                json.WriteString("Start", check.Start);
                json.WriteString("End", check.End);
                json.WriteNumber("ExitCode", check.ExitCode);
                json.WriteString("Output", check.Output);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteHostConfig(Utf8JsonWriter json, LocalContainer container)
    {
        var plan = container.Plan;
        json.WriteStartObject("HostConfig");
        json.WriteString("NetworkMode", Mode(plan.Network));
        json.WriteBoolean("AutoRemove", plan.AutoRemove);
        json.WriteStartObject("RestartPolicy");
        json.WriteString("Name", plan.Restart.Policy);
        json.WriteNumber("MaximumRetryCount", plan.Restart.Most);
        json.WriteEndObject();
        json.WriteStartObject("LogConfig");
        json.WriteString("Type", plan.Log.Driver);
        json.WriteEndObject();
        Strings(json, "Binds", container.Record.Mounts.Where(m => m.Type == "bind").Select(m => $"{m.Source}:{m.Target}{(m.ReadOnly ? ":ro" : "")}"));
        WritePorts(json, "PortBindings", plan.Network.Ports ?? []);
        LimitsJson.Write(json, container.Paths);
        json.WriteEndObject();
    }

    private static void WriteMounts(Utf8JsonWriter json, StoredContainer record)
    {
        json.WriteStartArray("Mounts");
        foreach (var mount in record.Mounts)
        {
            json.WriteStartObject();
            json.WriteString("Type", mount.Type);
            if (mount.Name is not null)
            {
                json.WriteString("Name", mount.Name);
            }

            json.WriteString("Source", mount.Source);
            json.WriteString("Destination", mount.Target);
            json.WriteBoolean("RW", !mount.ReadOnly);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteConfig(Utf8JsonWriter json, LocalContainer container)
    {
        var (config, plan) = (container.Record.Config, container.Plan);
        json.WriteStartObject("Config");
        json.WriteString("Hostname", plan.Network.HostName ?? "");
        json.WriteString("User", config.User ?? "");
        json.WriteBoolean("Tty", container.Record.Terminal);
        json.WriteBoolean("OpenStdin", plan.OpenInput);
        Strings(json, "Env", config.Env ?? []);
        Strings(json, "Cmd", config.Cmd ?? []);
        Strings(json, "Entrypoint", config.Entrypoint ?? []);
        json.WriteString("Image", container.Record.Image);
        json.WriteString("WorkingDir", config.WorkingDir ?? "");
        json.WriteNumber("StopSignal", plan.StopSignal);
        json.WriteNumber("StopTimeout", plan.StopTimeout);
        json.WriteStartObject("Labels");
        foreach (var (name, value) in config.Labels ?? [])
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNetwork(Utf8JsonWriter json, LocalContainer container)
    {
        json.WriteStartObject("NetworkSettings");
        json.WriteString("IPAddress", container.Status.Address ?? "");
        WritePorts(json, "Ports", container.Status.Ports ?? []);
        json.WriteStartObject("Networks");
        if (container.Plan.Network.Name is { } name)
        {
            json.WriteStartObject(name);
            json.WriteString("IPAddress", container.Status.Address ?? "");
            Strings(json, "Aliases", container.Plan.Network.Aliases ?? []);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePorts(Utf8JsonWriter json, string name, IReadOnlyList<PortPlan> ports)
    {
        json.WriteStartObject(name);
        foreach (var group in ports.GroupBy(p => $"{p.ContainerPort}/{p.Protocol}"))
        {
            json.WriteStartArray(group.Key);
            foreach (var port in group)
            {
                json.WriteStartObject();
                json.WriteString("HostIp", port.HostAddress.Length == 0 ? "0.0.0.0" : port.HostAddress);
                json.WriteString("HostPort", port.HostPort.ToString(System.Globalization.CultureInfo.InvariantCulture));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static string Mode(NetworkPlan network) => network.Kind switch
    {
        NetworkKind.Container => $"container:{Path.GetFileName(network.Container)}",
        NetworkKind.Named => network.Name!,
        var kind => kind,
    };

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
