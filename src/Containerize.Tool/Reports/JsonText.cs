using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Containerize.Tool.Reports;

/// <summary>Documents for programs: indented, the same everywhere.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static void Write(TextWriter output, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            write(json);
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    /// <summary>A document that was read, as it was.</summary>
    internal static void WriteDocument(this Utf8JsonWriter json, string name, ReadOnlyMemory<byte> document)
    {
        json.WritePropertyName(name);
        using var parsed = JsonDocument.Parse(document);
        parsed.RootElement.WriteTo(json);
    }
}
