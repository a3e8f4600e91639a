using Containerize.Storage;

namespace Containerize.Tool.Reports;

/// <summary>Which columns the table has.</summary>
/// <param name="WholeDigests">Whether digests are shown whole.</param>
/// <param name="Digests">Whether there is a column with the whole digest.</param>
internal sealed record ImagesColumns(bool WholeDigests, bool Digests);

/// <summary>The local images as a table, as digests or as JSON.</summary>
internal static class ImagesReport
{
    private const string None = "-";

    internal static void WriteTable(IReadOnlyList<StoredImage> images, ImagesColumns columns, Terminal terminal)
    {
        string[] headings = ["REPOSITORY", "TAG", .. columns.Digests ? ["DIGEST"] : Array.Empty<string>(), "IMAGE ID", "CREATED", "PLATFORM", "SIZE"];
        var table = new TextTable(headings);
        foreach (var image in images)
        {
            var digest = image.Descriptor.Digest;
            table.Add(
            [
                Repository(image) ?? None,
                image.Reference?.Tag ?? None,
                .. columns.Digests ? [digest.ToString()] : Array.Empty<string>(),
                columns.WholeDigests ? digest.ToString() : digest.Abbreviated,
                Day(image.Created),
                image.Platforms.Count == 0 ? None : string.Join(',', image.Platforms.Select(p => p.ToString()).Distinct()),
                ByteSize.Of(image.Size),
            ]);
        }

        table.Write(terminal.Out, terminal.Style);
    }

    internal static void WriteDigests(IReadOnlyList<StoredImage> images, bool whole, TextWriter output)
    {
        foreach (var digest in images.Select(i => i.Descriptor.Digest).Distinct())
        {
            output.WriteLine(whole ? digest.ToString() : digest.Abbreviated);
        }
    }

    internal static void WriteJson(IReadOnlyList<StoredImage> images, TextWriter output) => JsonText.Write(output, json =>
    {
        json.WriteStartArray();
        foreach (var image in images)
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 1);
            json.WriteString("reference", image.Reference?.Canonical);
            json.WriteString("repository", Repository(image));
            json.WriteString("tag", image.Reference?.Tag);
            json.WriteString("digest", image.Descriptor.Digest.ToString());
            json.WriteString("mediaType", image.Descriptor.MediaType);
            json.WriteStartArray("platforms");
            foreach (var platform in image.Platforms)
            {
                json.WriteStringValue(platform.ToString());
            }

            json.WriteEndArray();
            json.WriteNumber("size", image.Size);
            json.WriteString("created", image.Created);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    // As people write it, without the tag and digest that follow.
    private static string? Repository(StoredImage image)
    {
        if (image.Reference is not { } reference)
        {
            return null;
        }

        var text = reference.ToString().Split('@')[0];
        return reference.Tag is { } tag && text.EndsWith(':' + tag, StringComparison.Ordinal) ? text[..^(tag.Length + 1)] : text;
    }

    private static string Day(string? created) => created is { Length: >= 10 } && char.IsAsciiDigit(created[0]) ? created[..10] : None;
}
