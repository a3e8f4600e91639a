namespace Containerize.Tool.Reports;

/// <summary>Layers as a tree of two branches, base and app; in 80 columns where a person looks at them, with whole names where a program does.</summary>
internal static class LayerTree
{
    private const int NameWidth = 28;
    private const int MaxNameWidth = 200; // what an image's history says is a stranger's

    internal static void Write(IReadOnlyList<LayerLine> layers, Terminal terminal)
    {
        var (output, style) = (terminal.Out, terminal.Style);
        var nameWidth = terminal.OutputRedirected ? layers.Select(l => Printable.Of(l.Name).Length).Append(NameWidth).Max(width => Math.Min(width, MaxNameWidth)) : NameWidth;
        var total = layers.Sum(l => l.Blob.Size);
        output.WriteLine(style.Bold($"Layers ({layers.Count}, {ByteSize.Of(total)} compressed)"));
        var groups = layers.Any(l => l.IsBase)
            ? new[] { ("base", layers.Where(l => l.IsBase).ToList()), ("app", layers.Where(l => !l.IsBase).ToList()) }.Where(g => g.Item2.Count > 0).ToList()
            : [("", layers.ToList())];
        foreach (var (index, (title, members)) in groups.Index())
        {
            var lastGroup = index == groups.Count - 1;
            var indent = "";
            if (title.Length > 0)
            {
                var size = members.Sum(l => l.Blob.Size);
                output.WriteLine($"{(lastGroup ? "└─ " : "├─ ")}{Cells(title, size, total, nameWidth + 3)}");
                indent = lastGroup ? "   " : "│  ";
            }

            foreach (var (i, layer) in members.Index())
            {
                var branch = i == members.Count - 1 ? "└─ " : "├─ ";
                var width = title.Length > 0 ? nameWidth : nameWidth + 3;
                output.WriteLine(
                    $"{indent}{branch}{Cells(Fit(layer.Name.Length == 0 ? "-" : layer.Name, width), layer.Blob.Size, total, width)}  {style.Dim(layer.Blob.Digest.Abbreviated)}  {Kind(layer.Blob.MediaType)}");
            }
        }
    }

    /// <summary>How a layer is stored, shortly.</summary>
    internal static string Kind(string mediaType) =>
        mediaType.EndsWith("gzip", StringComparison.Ordinal) ? "tar+gzip"
        : mediaType.EndsWith("zstd", StringComparison.Ordinal) ? "tar+zstd"
        : mediaType.EndsWith("tar", StringComparison.Ordinal) ? "tar"
        : Printable.Of(mediaType);

    private static string Cells(string name, long size, long total, int width) =>
        $"{name.PadRight(width)}  {ByteSize.Of(size),8}  {Share(size, total),4}";

    private static string Share(long size, long total) =>
        total == 0 ? "-" : size > 0 && size * 200 < total ? "<1%" : $"{(size * 200 + total) / (2 * total)}%";

    private static string Fit(string name, int width)
    {
        var safe = Printable.Of(name);
        return safe.Length <= width ? safe : safe[..(width - 1)] + "…";
    }
}
