using System.Text.Json;

namespace Containerize.Documents;

/// <summary>The steps of reading a document, for generated code. null stands for what is not there, as Go's readers have it.</summary>
internal static class JsonInput
{
    private const int MostDepth = 64;

    /// <summary>Reads a value; its first token has been read.</summary>
    public delegate T Reader<T>(ref Utf8JsonReader json);

    /// <summary>Reads a whole document.</summary>
    /// <exception cref="JsonException">It is not one; says where.</exception>
    public static T Document<T>(ReadOnlySpan<byte> document, Reader<T> read)
    {
        var json = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = MostDepth });
        try
        {
            json.Read();
            var value = read(ref json);
            // Nothing but white space may follow.
            json.Read();
            return value;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            var (path, line) = JsonPosition.Of(document, json.TokenStartIndex, MostDepth);
            throw new JsonException(e.Message, path, line, null, e);
        }
    }

    /// <summary>Enters an object.</summary>
    public static void BeginObject(ref Utf8JsonReader json) => Expect(json.TokenType == JsonTokenType.StartObject, "an object");

    /// <summary>Enters an array.</summary>
    public static void BeginArray(ref Utf8JsonReader json) => Expect(json.TokenType == JsonTokenType.StartArray, "an array");

    /// <summary>Goes to the next name in an object; false at its end.</summary>
    public static bool NextProperty(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    /// <summary>Goes to the next value in an array; false at its end.</summary>
    public static bool NextItem(ref Utf8JsonReader json)
    {
        json.Read();
        Expect(json.TokenType != JsonTokenType.Null, "a value");
        return json.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>The name at which the reader is.</summary>
    public static string Name(ref Utf8JsonReader json) => json.GetString()!;

    /// <summary>Goes to the value of a name; false where it is null.</summary>
    public static bool HasValue(ref Utf8JsonReader json) => json.Read() && json.TokenType != JsonTokenType.Null;

    /// <summary>As the other, of a name that is known.</summary>
    /// <param name="json">The reader, at the name.</param>
    /// <param name="seen">A bit for each name that the object had so far.</param>
    /// <param name="bit">This name's.</param>
    public static bool HasValue(ref Utf8JsonReader json, ref ulong seen, int bit)
    {
        // Two readers of one document would not agree on which of the two counts.
        if ((seen & (1UL << bit)) != 0)
        {
            throw Twice(Name(ref json));
        }

        seen |= 1UL << bit;
        return HasValue(ref json);
    }

    /// <summary>The error of a name that an object has twice.</summary>
    public static JsonException Twice(string name) => new($"{name} is there twice");

    /// <summary>A string.</summary>
    public static string String(ref Utf8JsonReader json)
    {
        Expect(json.TokenType == JsonTokenType.String, "a string");
        return json.GetString()!;
    }

    /// <summary>true or false.</summary>
    public static bool Boolean(ref Utf8JsonReader json)
    {
        Expect(json.TokenType is JsonTokenType.True or JsonTokenType.False, "true or false");
        return json.GetBoolean();
    }

    /// <summary>A whole number of 16 bits.</summary>
    public static ushort UInt16(ref Utf8JsonReader json)
    {
        ushort value = 0;
        Expect(json.TokenType == JsonTokenType.Number && json.TryGetUInt16(out value), "a whole number from 0 to 65535");
        return value;
    }

    /// <summary>A whole number of 32 bits.</summary>
    public static int Int32(ref Utf8JsonReader json)
    {
        var value = 0;
        Expect(json.TokenType == JsonTokenType.Number && json.TryGetInt32(out value), "a whole number of 32 bits");
        return value;
    }

    /// <summary>A whole number of 32 bits, not below zero.</summary>
    public static uint UInt32(ref Utf8JsonReader json)
    {
        var value = 0u;
        Expect(json.TokenType == JsonTokenType.Number && json.TryGetUInt32(out value), "a whole number of 32 bits, not below zero");
        return value;
    }

    /// <summary>A whole number of 64 bits.</summary>
    public static long Int64(ref Utf8JsonReader json)
    {
        var value = 0L;
        Expect(json.TokenType == JsonTokenType.Number && json.TryGetInt64(out value), "a whole number of 64 bits");
        return value;
    }

    /// <summary>A whole number of 64 bits, not below zero.</summary>
    public static ulong UInt64(ref Utf8JsonReader json)
    {
        var value = 0UL;
        Expect(json.TokenType == JsonTokenType.Number && json.TryGetUInt64(out value), "a whole number of 64 bits, not below zero");
        return value;
    }

    private static void Expect(bool isSo, string what)
    {
        if (!isSo)
        {
            throw new JsonException($"{what} is expected");
        }
    }
}
