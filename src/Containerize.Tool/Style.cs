namespace Containerize.Tool;

/// <summary>The few decorations there are, or none.</summary>
/// <param name="Colour">Whether escape sequences may be written.</param>
internal sealed record Style(bool Colour)
{
    internal string Bold(string text) => Wrap("1", text);

    internal string Dim(string text) => Wrap("2", text);

    internal string Red(string text) => Wrap("31;1", text);

    internal string Yellow(string text) => Wrap("33;1", text);

    private string Wrap(string code, string text) => Colour && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}
