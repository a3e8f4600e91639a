using System.Globalization;

namespace Containerize.Runtime.Cgroups;

/// <summary>The files of one cgroup, read as numbers; absent ones are empty.</summary>
internal readonly struct CgroupFiles(CgroupDirectory? directory)
{
    /// <summary>A number; "max" is the highest, and what is none 0.</summary>
    public static ulong Parse(string text) =>
        text == "max" ? ulong.MaxValue : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>Whether a file is there.</summary>
    public bool Has(string file) => directory?.TryRead(file, out _) >= 0;

    /// <summary>The lines of a file.</summary>
    public string[] Lines(string file)
    {
        var text = "";
        return directory?.TryRead(file, out text) >= 0 ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
    }

    /// <summary>The words of a file of one line.</summary>
    public string[] Words(string file) => Lines(file) is [var line, ..] ? line.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>The one number of a file.</summary>
    public ulong Number(string file) => Words(file) is [var word, ..] ? Parse(word) : 0;

    /// <summary>A file of lines "name number".</summary>
    public Dictionary<string, ulong> Table(string file)
    {
        var table = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (var line in Lines(file))
        {
            if (line.Split(' ') is [var name, var number])
            {
                table[name] = Parse(number);
            }
        }

        return table;
    }
}
