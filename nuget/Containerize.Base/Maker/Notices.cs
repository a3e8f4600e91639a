using System.Globalization;
using System.Text;

namespace Containerize.Base.Maker;

/// <summary>The generated part of THIRD-PARTY-NOTICES.md: what the base carries from Debian.</summary>
public static class Notices
{
    private const string Begin = "<!-- generated from debian.lock.json: begin -->";
    private const string End = "<!-- generated from debian.lock.json: end -->";

    /// <summary>Rewrites the generated part; the file is left alone where it is true already.</summary>
    public static void Write(string path, DebianLock pins)
    {
        var text = File.ReadAllText(path);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new MakingFailed($"{path} has lost the lines that enclose its generated part ('{Begin}' and '{End}').");
        }

        var changed = text[..(begin + Begin.Length)] + "\n" + Table(pins) + text[end..];
        if (changed != text)
        {
            File.WriteAllText(path, changed);
        }
    }

    /// <summary>The table: one row per package, both architectures where they differ.</summary>
    public static string Table(DebianLock pins)
    {
        var table = new StringBuilder("| package | version | in | licence | source package |\n|---|---|---|---|---|\n");
        foreach (var contents in Contents.All.OrderBy(c => c.Package, StringComparer.Ordinal))
        {
            var locked = pins.Architectures
                .Where(a => a.Value.ContainsKey(contents.Package))
                .Select(a => (Architecture: a.Key, Package: a.Value[contents.Package]))
                .ToList();
            table.Append(
                CultureInfo.InvariantCulture,
                $"| {contents.Package} | {Both(locked, p => p.Version)} | {contents.Layer} | {contents.Licence} | {Both(locked, p => $"{p.Source} {p.SourceVersion}")} |\n");
        }

        return table.ToString();
    }

    private static string Both(List<(string Architecture, LockedPackage Package)> locked, Func<LockedPackage, string> text) =>
        locked.Select(l => text(l.Package)).Distinct().Count() == 1
            ? text(locked[0].Package)
            : string.Join(", ", locked.Select(l => $"{text(l.Package)} ({l.Architecture})"));
}
