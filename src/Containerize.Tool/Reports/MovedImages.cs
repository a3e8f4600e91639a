using Containerize.Oci;
using Containerize.Tool.Commands;

namespace Containerize.Tool.Reports;

/// <summary>An image that is somewhere now.</summary>
/// <param name="Name">Its name there; null where it has none.</param>
/// <param name="Descriptor">What it is.</param>
internal sealed record MovedImage(string? Name, Descriptor Descriptor);

/// <summary>What <c>push</c>, <c>pull</c> and <c>copy</c> tell: the name and the digest.</summary>
internal static class MovedImages
{
    internal static void Write(IReadOnlyList<MovedImage> images, string format, TextWriter output)
    {
        if (format == FormatOption.Json)
        {
            JsonText.Write(output, json =>
            {
                json.WriteStartArray();
                foreach (var image in images)
                {
                    json.WriteStartObject();
                    json.WriteNumber("schemaVersion", 1);
                    if (image.Name is not null)
                    {
                        json.WriteString("reference", image.Name);
                    }

                    json.WriteString("digest", image.Descriptor.Digest.ToString());
                    json.WriteString("mediaType", image.Descriptor.MediaType);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return;
        }

        foreach (var image in images)
        {
            var digest = image.Descriptor.Digest.ToString();
            output.WriteLine(image.Name is null ? digest : image.Name.EndsWith(digest, StringComparison.Ordinal) ? image.Name : $"{image.Name}@{digest}");
        }
    }
}
