using System.Globalization;
using System.Text.Json;

namespace Containerize.Documents;

/// <summary>Where in a document something is, found by reading it once more: only who fails has to know.</summary>
internal static class JsonPosition
{
    /// <summary>The path, as <c>$.process.args[0]</c>, and the line, from 0.</summary>
    /// <param name="document">The document.</param>
    /// <param name="offset">The place, in bytes.</param>
    /// <param name="mostDepth">How deep it may be.</param>
    public static (string Path, long Line) Of(ReadOnlySpan<byte> document, long offset, int mostDepth)
    {
        var path = new Stack<Step>();
        var json = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = mostDepth });
        try
        {
            while (json.Read())
            {
                switch (json.TokenType)
                {
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        path.Pop();
                        break;
                    case JsonTokenType.PropertyName:
                        path.Peek().Name = json.GetString();
                        break;
                    default:
                        if (path.TryPeek(out var step))
                        {
                            step.Index++;
                        }

                        break;
                }

                if (json.TokenStartIndex >= offset)
                {
                    break;
                }

                if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    path.Push(new Step());
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON from here on: this is as near as it gets.
        }

        var text = "$" + string.Concat(path.Reverse().Select(step => step.ToString()));
        return (text, document[..(int)Math.Min(offset, document.Length)].Count((byte)'\n'));
    }

    private sealed class Step
    {
        public string? Name { get; set; }

        public int Index { get; set; } = -1;

        public override string ToString() =>
            Name is { } name ? "." + name : Index >= 0 ? string.Create(CultureInfo.InvariantCulture, $"[{Index}]") : "";
    }
}
