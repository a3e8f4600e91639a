using System.CommandLine;
using Containerize.Registries;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>tags</c>: what a repository at a registry has.</summary>
internal static class TagsCommand
{
    internal static Command Create(Terminal terminal, Option<Verbosity> verbosity)
    {
        var repository = new Argument<string>("REPOSITORY") { Description = "The repository: [registry[:port]/]repository." };
        var format = FormatOption.Create();
        var command = new Command("tags", "Lists the tags of a repository at a registry, one a line.") { repository, format };
        command.SetAction((parsed, token) =>
        {
            var text = parsed.GetValue(repository)!;
            var reference = Reference.Parse(text);
            if (reference.Digest is not null || text.LastIndexOf(':') > text.LastIndexOf('/'))
            {
                throw new ContainerizeException(7029, $"listing the tags of {text}", "it has a tag or a digest itself", $"Write {reference.Registry}/{reference.Repository}.");
            }

            using var places = new ImagePlaces(terminal, parsed.GetValue(verbosity));
            var tags = places.Registries.ListTags(reference, token);
            if (parsed.GetValue(format) == FormatOption.Json)
            {
                JsonText.Write(terminal.Out, json =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("schemaVersion", 1);
                    json.WriteString("repository", $"{reference.Registry}/{reference.Repository}");
                    json.WriteStartArray("tags");
                    foreach (var tag in tags)
                    {
                        json.WriteStringValue(tag);
                    }

                    json.WriteEndArray();
                    json.WriteEndObject();
                });
            }
            else
            {
                foreach (var tag in tags)
                {
                    terminal.Out.WriteLine(tag);
                }
            }

            return Task.FromResult(0);
        });
        return command;
    }
}
