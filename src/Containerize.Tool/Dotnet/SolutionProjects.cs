using System.Text.RegularExpressions;
using System.Xml;
using Containerize.Storage;

namespace Containerize.Tool.Dotnet;

/// <summary>The projects that a solution lists, .sln or .slnx.</summary>
internal static partial class SolutionProjects
{
    private static readonly string[] ProjectTypes = [".csproj", ".fsproj", ".vbproj"];

    /// <summary>The absolute paths, in the solution's order; CTZ7027 where it cannot be read.</summary>
    internal static IReadOnlyList<string> Of(string solution)
    {
        try
        {
            var text = File.ReadAllText(solution);
            var listed = Path.GetExtension(solution).Equals(".slnx", StringComparison.OrdinalIgnoreCase) ? FromXml(text) : FromText(text);
            var folder = Path.GetDirectoryName(solution)!;
            return
            [
                .. listed
                    .Where(p => ProjectTypes.Contains(Path.GetExtension(p), StringComparer.OrdinalIgnoreCase))
                    .Select(p => Path.GetFullPath(p.Replace('\\', Path.DirectorySeparatorChar), folder))
                    .Distinct(),
            ];
        }
        catch (XmlException e)
        {
            throw new ContainerizeException(7027, $"reading the solution {solution}", e.Message.TrimEnd('.'), "Correct the file.", e) { File = solution, Line = e.LineNumber };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageErrors.Read(solution, e);
        }
    }

    private static List<string> FromXml(string text)
    {
        var projects = new List<string>();
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "Project" && reader.GetAttribute("Path") is { } path)
            {
                projects.Add(path);
            }
        }

        return projects;
    }

    private static IEnumerable<string> FromText(string text) => ProjectLine().Matches(text).Select(m => m.Groups["path"].Value);

    [GeneratedRegex("""^Project\("\{[^}]*\}"\)\s*=\s*"[^"]*"\s*,\s*"(?<path>[^"]*)"\s*,""", RegexOptions.Multiline)]
    private static partial Regex ProjectLine();
}
