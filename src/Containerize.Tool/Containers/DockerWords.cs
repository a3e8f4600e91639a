using System.CommandLine;
using Containerize.Tool.Commands;

namespace Containerize.Tool.Containers;

/// <summary>Command lines as docker's users type them, in the words that the parser takes: <c>-it</c> is two options, <c>-p8080:80</c> is one with a value, and what follows the image is the container's.</summary>
internal static class DockerWords
{
    /// <summary>The words of a command of which these are the options.</summary>
    /// <param name="words">All words after the command's name.</param>
    /// <param name="command">The command.</param>
    /// <param name="names">So many words are the command's own (an image, a container); all after them are the container's, whatever they look like.</param>
    internal static List<string> Normalise(IReadOnlyList<string> words, Command command, int names)
    {
        var options = new Dictionary<string, Option>(StringComparer.Ordinal);
        foreach (var option in command.Options)
        {
            options[option.Name] = option;
            foreach (var alias in option.Aliases)
            {
                options[alias] = option;
            }
        }

        var result = new List<string>();
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word == "--")
            {
                result.Add(word);
                if (command.Name is RunCommand.Name or RunCommand.CreateName && i + 1 < words.Count && words[i + 1].StartsWith('-'))
                {
                    // What a project's program is given; the place of the image is empty.
                    result.Add("");
                }

                result.AddRange(words.Skip(i + 1));
                return result;
            }

            if (word.Length < 2 || word[0] != '-')
            {
                result.AddRange(words.Skip(i).Take(names));
                if (words.Count > i + names)
                {
                    result.Add("--");
                    result.AddRange(words.Skip(i + names));
                }

                return result;
            }

            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                if (word[^1] == '=' && options.TryGetValue(word[..^1], out var emptied) && TakesValue(emptied))
                {
                    // The parser would take the next word.
                    result.AddRange([word[..^1], ""]);
                    continue;
                }

                result.Add(word);
                if (!word.Contains('=', StringComparison.Ordinal) && options.TryGetValue(word, out var found) && TakesValue(found) && i + 1 < words.Count)
                {
                    result.Add(words[++i]);
                }

                continue;
            }

            if (Short(word, options, result) && i + 1 < words.Count)
            {
                result.Add(words[++i]);
            }
        }

        return result;
    }

    // Letters one after the other, each by its whole name, since -h is a host's name here and help elsewhere. The first that has a value has the rest
    // of the word for it; true where that is the next word.
    private static bool Short(string word, Dictionary<string, Option> options, List<string> result)
    {
        for (var at = 1; at < word.Length; at++)
        {
            var letter = "-" + word[at];
            if (!options.TryGetValue(letter, out var option))
            {
                // The parser says what is wrong with it.
                result.Add(at == 1 ? word : "-" + word[at..]);
                return false;
            }

            if (TakesValue(option))
            {
                result.Add(option.Name);
                if (at + 1 == word.Length)
                {
                    return true;
                }

                result.Add(word[at + 1] == '=' ? word[(at + 2)..] : word[(at + 1)..]);
                return false;
            }

            if (at + 1 < word.Length && word[at + 1] == '=')
            {
                result.Add(option.Name + word[(at + 1)..]);
                return false;
            }

            result.Add(option.Name);
        }

        return false;
    }

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool);
}
