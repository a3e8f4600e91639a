using System.Text.RegularExpressions;

namespace Containerize.Runtime.Tests.RootFileSystem;

/// <summary>/proc/self/mountinfo without what differs from run to run.</summary>
internal static partial class MountInfoText
{
    /// <summary>With what ids of the tests' containers begin.</summary>
    public const string ContainerPrefix = "containerize-root-";

    /// <summary>Writes each of mountinfo's lines with its parent's path in place of numbers; other lines stay.</summary>
    public static string Normalise(string text)
    {
        var paths = new Dictionary<string, string>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = ContainerId().Replace(lines[i], "ID");
            var fields = lines[i].Split(' ');
            if (fields.Length < 10 || Array.IndexOf(fields, "-") < 6)
            {
                continue;
            }

            paths[fields[0]] = fields[4];
            var groups = string.Join(' ', fields[6..Array.IndexOf(fields, "-")].Select(group => group.Split(':')[0]));
            var rest = string.Join(' ', fields[Array.IndexOf(fields, "-")..]);
            lines[i] = $"{paths.GetValueOrDefault(fields[1], "?")} <- {fields[4]} {fields[3]} {fields[5]} {groups} {rest}";
        }

        return string.Join('\n', lines);
    }

    [GeneratedRegex(ContainerPrefix + "[0-9a-f]+")]
    private static partial Regex ContainerId();
}
