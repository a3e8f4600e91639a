namespace Containerize.Tool.Reports;

/// <summary>Lines of name and value, the values below each other; what has no value has no line.</summary>
internal sealed class FieldList(TextWriter output, Style style)
{
    private const int Width = 13;

    internal void Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            output.WriteLine(style.Bold(name.PadRight(Width)) + Printable.Of(value));
        }
    }

    internal void AddAll(string name, IEnumerable<string>? values)
    {
        foreach (var (index, value) in (values ?? []).Index())
        {
            output.WriteLine((index == 0 ? style.Bold(name.PadRight(Width)) : new string(' ', Width)) + Printable.Of(value));
        }
    }
}
