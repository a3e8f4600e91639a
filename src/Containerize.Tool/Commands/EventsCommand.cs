using System.CommandLine;
using System.Text.Json;
using Containerize.Containers;
using Containerize.Storage;
using Containerize.Tool.Containers;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>events</c>: what happens to containers, as it happens.</summary>
internal static class EventsCommand
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    internal static Command Create(Terminal terminal)
    {
        var filter = ContainerOptions.Several("--filter", "container=NAME|event=NAME", "Only these.", "-f");
        var format = ContainerOptions.One("--format", "json|TEMPLATE", "How it is shown.");
        var until = ContainerOptions.One("--until", "TIME", "Up to then.");
        var since = ContainerOptions.One("--since", "TIME", "From then on, as far as it is known.");
        var command = new Command("events", "Shows what happens to containers.") { filter, format, until, since };
        command.SetAction(async (parsed, token) =>
        {
            var history = new EventHistory(new ContainerStore(StoragePaths.From(terminal.Variable)));
            // Of the same kind one has to be so, of several kinds each.
            var filters = ContainerOptions.Values(parsed, filter).SelectMany(f => ContainerOptions.Pairs("--filter", [f])).ToLookup(f => f.Key, f => f.Value);
            var now = DateTimeOffset.UtcNow;
            var end = parsed.GetValue(until) is { } u ? TimeOption.Parse("--until", u, now) : (DateTimeOffset?)null;
            var shape = parsed.GetValue(format);
            void Show(ContainerEvent happened)
            {
                if (Matches(happened, filters))
                {
                    terminal.Out.WriteLine(Printable.Of(shape is null ? happened.Text : shape == FormatOption.Json ? Json(happened).GetRawText() : FieldTemplate.Fill(shape, Json(happened))));
                }
            }

            var from = parsed.GetValue(since) is { } s ? TimeOption.Parse("--since", s, now) : now;
            while (true)
            {
                var isLast = end <= DateTimeOffset.UtcNow;
                foreach (var happened in history.Next().Where(e => e.Time >= from && (end is null || e.Time <= end)))
                {
                    Show(happened);
                }

                if (isLast)
                {
                    return 0;
                }

                await Task.Delay(Between, token);
            }
        });
        return command;
    }

    private static bool Matches(ContainerEvent happened, ILookup<string, string> filters) => filters.All(kind => kind.Any(value => kind.Key switch
    {
        "container" => happened.Name == value || happened.Id.StartsWith(value, StringComparison.Ordinal),
        "event" => happened.Action == value || happened.Action.StartsWith(value + ":", StringComparison.Ordinal),
        "image" => happened.Image == value,
        "type" => value == "container",
        _ => throw new ContainerizeException(5020, $"reading --filter {kind.Key}={value}", "it is none", "There are container, event, image and type."),
    }));

    private static JsonElement Json(ContainerEvent happened)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("Type", "container");
            json.WriteString("Action", happened.Action);
            json.WriteString("status", happened.Action);
            json.WriteString("id", happened.Id);
            json.WriteString("from", happened.Image);
            json.WriteNumber("time", happened.Time.ToUnixTimeSeconds());
            json.WriteStartObject("Actor");
            json.WriteString("ID", happened.Id);
            json.WriteStartObject("Attributes");
            json.WriteString("image", happened.Image);
            json.WriteString("name", happened.Name);
            if (happened.ExitCode is { } code)
            {
                json.WriteString("exitCode", code.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return JsonDocument.Parse(buffer.ToArray()).RootElement;
    }
}
