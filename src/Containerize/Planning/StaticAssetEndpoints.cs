using System.Text;
using System.Text.Json;
using Containerize.Layers;

namespace Containerize.Planning;

/// <summary>
/// Takes the build's time out of <c>*.staticwebassets.endpoints.json</c>: the SDK writes the moment at which it compressed an asset as its
/// Last-Modified, and that is the one thing in which two clean publishes of a web app differ.
/// </summary>
public static class StaticAssetEndpoints
{
    // What HTTP calls the Unix epoch; files in the layer are from then too (LayerSpec.DefaultTime, one second later).
    private const string FixedTime = "Thu, 01 Jan 1970 00:00:01 GMT";

    /// <summary>The content of a published file, normalised where it is such a list.</summary>
    public static FileContent Normalised(PublishFile file)
    {
        if (!file.RelativePath.EndsWith(".staticwebassets.endpoints.json", StringComparison.Ordinal))
        {
            return DiskContent.Of(file.SourcePath);
        }

        var bytes = File.ReadAllBytes(file.SourcePath);
        return Normalise(bytes) is { } normalised ? new InlineContent(normalised, file.SourcePath) : DiskContent.Of(file.SourcePath);
    }

    /// <summary>The list with a fixed Last-Modified everywhere; null where it is not such a list.</summary>
    public static byte[]? Normalise(ReadOnlySpan<byte> json)
    {
        if (json.StartsWith(Encoding.UTF8.Preamble))
        {
            json = json[3..];
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 64 });
        using var output = new MemoryStream(json.Length);
        var copied = 0;
        var nextIsTime = false;
        var previous = "";
        try
        {
            // The headers are objects {"Name":"Last-Modified","Value":"..."}: everything but such values is copied as it stands.
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject:
                        nextIsTime = false;
                        break;
                    case JsonTokenType.PropertyName:
                        previous = reader.GetString()!;
                        break;
                    case JsonTokenType.String when previous == "Name":
                        nextIsTime = reader.ValueTextEquals("Last-Modified"u8);
                        break;
                    case JsonTokenType.String when previous == "Value" && nextIsTime:
                        output.Write(json[copied..((int)reader.TokenStartIndex + 1)]);
                        output.Write(Encoding.ASCII.GetBytes(FixedTime));
                        copied = (int)reader.BytesConsumed - 1;
                        break;
                }
            }
        }
        catch (JsonException)
        {
            return null; // not ours to mend: the file goes into the image as it is
        }

        output.Write(json[copied..]);
        return output.ToArray();
    }
}
