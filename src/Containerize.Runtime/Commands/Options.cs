namespace Containerize.Runtime.Commands;

/// <summary>A command line as engines write it: options and what they are about.</summary>
/// <remarks>
/// As with runc, known options may come after the other words too, but before the command, and in `exec` and `ps`, whose words are another program's.
///
/// Our own, as it stands before every start of a container, where a library's start-up would be a part of the time that counts.
/// </remarks>
internal sealed class Options
{
    private readonly Dictionary<string, List<string>> _values = [];

    private Options(string command)
    {
        Command = command;
    }

    /// <summary>The command, for errors.</summary>
    public string Command { get; }

    /// <summary>The words after the options.</summary>
    public IReadOnlyList<string> Rest { get; private set; } = [];

    /// <summary>Reads a command line; CTZ6007 where it does not fit.</summary>
    /// <param name="command">The command's name.</param>
    /// <param name="words">The words after it.</param>
    /// <param name="flags">Options without a value: "force,f" for --force and -f.</param>
    /// <param name="values">Options with a value.</param>
    public static Options Read(string command, IReadOnlyList<string> words, string[] flags, string[] values)
    {
        var options = new Options(command);
        var rest = new List<string>();
        var mixes = command is not ("containerize-runtime" or "exec" or "ps");
        var at = 0;
        while (at < words.Count)
        {
            var word = words[at];
            if (word == "--")
            {
                at++;
                break;
            }

            if (word.Length < 2 || word[0] != '-')
            {
                if (!mixes)
                {
                    break;
                }

                rest.Add(word);
                at++;
                continue;
            }

            at++;
            var name = word.TrimStart('-');
            string? value = null;
            var equals = name.IndexOf('=');
            if (equals >= 0)
            {
                value = name[(equals + 1)..];
                name = name[..equals];
            }

            if (Find(flags, name) is { } flag)
            {
                options.Add(flag, value ?? "true");
            }
            else if (Find(values, name) is { } option)
            {
                value ??= at < words.Count ? words[at++] : throw Bad(command, $"option {word} wants a value");
                options.Add(option, value);
            }
            else if (rest.Count > 0)
            {
                // A signal, perhaps: `kill ID -9`.
                rest.Add(word);
            }
            else
            {
                throw Bad(command, $"flag provided but not defined: {word}");
            }
        }

        for (; at < words.Count; at++)
        {
            rest.Add(words[at]);
        }

        options.Rest = rest;
        return options;
    }

    /// <summary>Whether a flag is set.</summary>
    public bool Has(string name) => Value(name) is { } value && value is not ("false" or "0");

    /// <summary>The last value of an option; null where it was not given.</summary>
    public string? Value(string name) => _values.TryGetValue(name, out var values) ? values[^1] : null;

    /// <summary>All values of an option.</summary>
    public IReadOnlyList<string> All(string name) => _values.TryGetValue(name, out var values) ? values : [];

    /// <summary>A whole number; CTZ6007 where it is none.</summary>
    public long? Number(string name) => Value(name) is not { } text ? null : long.TryParse(text, out var number) ? number : throw Bad(Command, $"--{name} {text} is not a number");

    /// <summary>The words after the options; CTZ6007 where there are fewer or more.</summary>
    public IReadOnlyList<string> Expect(int least, int most, string usage) =>
        Rest.Count >= least && Rest.Count <= most ? Rest : throw Bad(Command, $"\"{Command}\" wants {usage}, and was given {Rest.Count} words");

    /// <summary>A command line that does not fit.</summary>
    public static ContainerizeException Bad(string command, string why) => Failure.Of(6007, $"reading the options of {command}", why, "See containerize-runtime --help.");

    private void Add(string name, string value)
    {
        if (!_values.TryGetValue(name, out var list))
        {
            _values[name] = list = [];
        }

        list.Add(value);
    }

    // "force,f": the first name is the option's own.
    private static string? Find(string[] known, string name)
    {
        foreach (var names in known)
        {
            var candidates = names.Split(',');
            if (Array.IndexOf(candidates, name) >= 0)
            {
                return candidates[0];
            }
        }

        return null;
    }
}
