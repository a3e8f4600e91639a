namespace Containerize.Registries;

/// <summary>One demand of a WWW-Authenticate header (RFC 9110, section 11.6.1): a scheme in lower case and its parameters.</summary>
internal sealed record RegistryChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>All challenges of the header's values; what cannot be understood is left out.</summary>
    internal static IReadOnlyList<RegistryChallenge> Parse(IEnumerable<string> values) => [.. values.SelectMany(Parse)];

    private static List<RegistryChallenge> Parse(string value)
    {
        var found = new List<RegistryChallenge>();
        Dictionary<string, string>? parameters = null;
        var at = 0;
        while (at < value.Length)
        {
            if (value[at] is ' ' or ',' or '\t')
            {
                at++;
                continue;
            }

            var token = Take(value, ref at, c => c is not (' ' or ',' or '=' or '\t'));
            if (token.Length == 0)
            {
                at++;
                continue;
            }

            var afterSpace = at;
            while (afterSpace < value.Length && value[afterSpace] is ' ' or '\t')
            {
                afterSpace++;
            }

            if (afterSpace < value.Length && value[afterSpace] == '=' && parameters is not null)
            {
                at = afterSpace + 1;
                parameters[token.ToLowerInvariant()] = TakeValue(value, ref at);
            }
            else
            {
                parameters = new Dictionary<string, string>(StringComparer.Ordinal);
                found.Add(new RegistryChallenge(token.ToLowerInvariant(), parameters));
            }
        }

        return found;
    }

    private static string TakeValue(string value, ref int at)
    {
        while (at < value.Length && value[at] is ' ' or '\t')
        {
            at++;
        }

        if (at >= value.Length || value[at] != '"')
        {
            return Take(value, ref at, c => c is not (',' or ' '));
        }

        var text = new System.Text.StringBuilder();
        for (at++; at < value.Length && value[at] != '"'; at++)
        {
            if (value[at] == '\\' && at + 1 < value.Length)
            {
                at++;
            }

            text.Append(value[at]);
        }

        at++;
        return text.ToString();
    }

    private static string Take(string value, ref int at, Func<char, bool> belongs)
    {
        var start = at;
        while (at < value.Length && belongs(value[at]))
        {
            at++;
        }

        return value[start..at];
    }
}
