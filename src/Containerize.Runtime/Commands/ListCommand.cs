using System.Globalization;
using System.Text;
using Containerize.Runtime.Documents;

namespace Containerize.Runtime.Commands;

/// <summary>`list`.</summary>
internal static class ListCommand
{
    /// <summary>Prints the containers.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("list", invocation.Words, ["quiet,q"], ["format,f"]);
        options.Expect(0, 0, "no words");
        var rows = new List<ListedContainer>();
        foreach (var id in StateDirectory.List(invocation.Root))
        {
            try
            {
                using var container = Container.Open(invocation.Root, id, change: false);
                rows.Add(container.List());
            }
            catch (ContainerizeException e) when (e.Number is 6001 or 6005)
            {
                // Removed meanwhile, or not ours.
            }
        }

        if (options.Has("quiet"))
        {
            return Output.Write(string.Concat(rows.Select(row => row.Id + "\n")));
        }

        return (options.Value("format") ?? "table") switch
        {
            "table" => Output.Write(Table(rows)),
            "json" => Output.Write($"[{string.Join(',', rows.Select(row => Encoding.UTF8.GetString(RuntimeDocuments.Write(row))))}]\n"),
            var other => throw Options.Bad("list", $"invalid format option: {other}"),
        };
    }

    private static string Table(List<ListedContainer> rows)
    {
        string[][] cells = [["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"],
            .. rows.Select(row => (string[])[row.Id, row.Pid.ToString(CultureInfo.InvariantCulture), row.Status, row.Bundle, row.Created, row.Owner])];
        var text = new StringBuilder();
        foreach (var row in cells)
        {
            for (var column = 0; column < row.Length; column++)
            {
                var width = cells.Max(other => other[column].Length);
                text.Append(column == row.Length - 1 ? row[column] : row[column].PadRight(Math.Max(width, 12) + 3));
            }

            text.Append('\n');
        }

        return text.ToString();
    }
}
