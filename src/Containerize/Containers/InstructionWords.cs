using System.Text;

namespace Containerize.Containers;

/// <summary>The words of a Dockerfile's instruction: parted by spaces outside of quotes, with variables put in.</summary>
/// <remarks>https://docs.docker.com/reference/dockerfile/#environment-replacement; of the forms with braces also <c>${NAME:-word}</c> and <c>${NAME:+word}</c>.</remarks>
/// <param name="instruction">The whole instruction, for messages.</param>
/// <param name="text">What follows its word.</param>
/// <param name="environment">The variables, NAME=value.</param>
internal sealed class InstructionWords(string instruction, string text, IReadOnlyList<string> environment)
{
    private int _at;

    /// <summary>All of them.</summary>
    public IReadOnlyList<string> All()
    {
        var words = new List<string>();
        for (_at = 0; SkipSpace();)
        {
            words.Add(Word(until: ""));
        }

        return words;
    }

    /// <summary>The one that there is.</summary>
    public string One() => All() is [var one] ? one : throw ConfigChange.Wrong(instruction, "it has several words", "Put it in quotes.");

    /// <summary>Names with values: <c>a=b c="d e"</c>, or <c>a the rest</c>.</summary>
    public IReadOnlyList<(string Name, string Value)> Pairs()
    {
        _at = 0;
        SkipSpace();
        var first = text.AsSpan().IndexOfAny(' ', '\t', '=');
        if (first > 0 && text[first] != '=')
        {
            _at = first;
            SkipSpace();
            return [(text[..first], Word(until: "\0"))];
        }

        var pairs = new List<(string, string)>();
        while (SkipSpace())
        {
            var name = Word(until: "=");
            if (name.Length == 0 || _at >= text.Length || text[_at] != '=')
            {
                throw ConfigChange.Wrong(instruction, $"'{name}' has no value", "Write NAME=VALUE.");
            }

            _at++;
            pairs.Add((name, Word(until: "")));
        }

        return pairs;
    }

    private bool SkipSpace()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t')
        {
            _at++;
        }

        return _at < text.Length;
    }

    // Until a space, or one of these; with a NUL among them, which is in no text, to the end.
    private string Word(string until)
    {
        var word = new StringBuilder();
        var quote = '\0';
        while (_at < text.Length)
        {
            var c = text[_at];
            if (quote == '\0' && (until.Contains(c, StringComparison.Ordinal) || (c is ' ' or '\t' && until != "\0")))
            {
                break;
            }

            _at++;
            if (c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
            }
            else if (c == '\\' && quote != '\'' && _at < text.Length)
            {
                word.Append(text[_at++]);
            }
            else if (c == '$' && quote != '\'')
            {
                word.Append(Variable());
            }
            else
            {
                word.Append(c);
            }
        }

        return quote == '\0' ? word.ToString() : throw ConfigChange.Wrong(instruction, "a quote does not end", "Add it.");
    }

    private string Variable()
    {
        if (_at >= text.Length || text[_at] != '{')
        {
            var start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
            {
                _at++;
            }

            return _at == start ? "$" : Value(text[start.._at]) ?? "";
        }

        var end = text.IndexOf('}', _at);
        if (end < 0)
        {
            throw ConfigChange.Wrong(instruction, "a '${' does not end", "Add the brace.");
        }

        var inside = text[(_at + 1)..end];
        _at = end + 1;
        var colon = inside.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return Value(inside) ?? "";
        }

        var isSet = Value(inside[..colon]) is { Length: > 0 };
        var word = inside[Math.Min(colon + 2, inside.Length)..];
        return inside[(colon + 1)..] switch
        {
            ['-', ..] => isSet ? Value(inside[..colon])! : word,
            ['+', ..] => isSet ? word : "",
            _ => throw ConfigChange.Wrong(instruction, $"'${{{inside}}}' is no form of a variable", "Write ${NAME}, ${NAME:-word} or ${NAME:+word}."),
        };
    }

    private string? Value(string name) => environment.LastOrDefault(e => e.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
