using System.Buffers;
using System.Text.Json;

namespace Containerize.Documents;

/// <summary>Writing a document, for generated code.</summary>
internal static class JsonOutput
{
    /// <summary>A whole document as UTF-8.</summary>
    public static byte[] Document<T>(T value, Action<Utf8JsonWriter, T> write, bool indented)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = MinimalEncoder.Instance, Indented = indented, NewLine = "\n" }))
        {
            write(json, value);
        }

        return bytes.WrittenSpan.ToArray();
    }
}
