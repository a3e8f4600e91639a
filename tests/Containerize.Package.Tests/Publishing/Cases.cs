using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Containerize.Package.Tests.Publishing;

/// <summary>
/// Many settings of one project in one run of MSBuild: a case is a file of properties and items that the project imports.
/// The project was published before, so nothing is compiled and a case costs about a second.
/// </summary>
public sealed partial class Cases
{
    private readonly Workspace _workspace;
    private readonly string _project;
    private readonly List<(string Name, string Properties)> _cases = [];

    /// <summary>The cases of a project file that was published in Release.</summary>
    public Cases(Workspace workspace, string project)
    {
        _workspace = workspace;
        _project = project;
        var text = File.ReadAllText(project);
        if (!text.Contains("$(CaseFile)", StringComparison.Ordinal))
        {
            File.WriteAllText(project, text.Replace("</Project>", "  <Import Project=\"$(CaseFile)\" Condition=\"'$(CaseFile)' != ''\" />\n</Project>", StringComparison.Ordinal));
        }
    }

    /// <summary>Adds a case.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">What stands between Project and /Project.</param>
    /// <param name="properties">Global properties: <c>A=b;C=d</c>.</param>
    public void Add(string name, string content, string properties = "")
    {
        _workspace.Write($"cases/{name}.props", $"<Project>{content}</Project>");
        _cases.Add((name, properties));
    }

    /// <summary>Adds a case that is one property.</summary>
    public void Property(string name, string property, string value) =>
        Add(name, $"<PropertyGroup><{property}>{value}</{property}></PropertyGroup>");

    /// <summary>Adds a case that is one item.</summary>
    public void Item(string name, string item) => Add(name, $"<ItemGroup><{item} /></ItemGroup>");

    /// <summary>Runs all; what each has said.</summary>
    public IReadOnlyDictionary<string, string> Run(IReadOnlyDictionary<string, string?>? environment = null)
    {
        var driver = new StringBuilder("<Project>\n  <ItemGroup>\n");
        foreach (var (name, properties) in _cases)
        {
            driver.Append(CultureInfo.InvariantCulture, $"    <Case Include=\"{name}\"><Set>{properties}</Set></Case>\n");
        }

        driver.Append(CultureInfo.InvariantCulture, $"""
              </ItemGroup>
              <Target Name="All" DependsOnTargets="One" />
              <Target Name="One" Inputs="@(Case)" Outputs="%(Case.Identity).never">
                <Message Importance="high" Text="CASE %(Case.Identity)" />
                <MSBuild Projects="{_project}" Targets="Containerize" ContinueOnError="true"
                         Properties="NoBuild=true;Configuration=Release;_IsPublishing=true;CaseFile=$(MSBuildThisFileDirectory)cases/%(Case.Identity).props;%(Case.Set)" />
              </Target>
            </Project>
            """);
        var file = _workspace.Write("cases.proj", driver.ToString());
        var ended = _workspace.Dotnet(_workspace.Path, environment, "msbuild", file, "-t:All", "-nologo", "-v:m", "-m:1", "-clp:NoSummary");
        var results = CaseStart().Split(ended.Output);
        Assert.True(results.Length == 2 * _cases.Count + 1, ended.Output);
        return Enumerable.Range(0, _cases.Count).ToDictionary(i => results[2 * i + 1], i => results[2 * i + 2]);
    }

    [GeneratedRegex(@"(?m)^\s*CASE (.*)\n")]
    private static partial Regex CaseStart();
}
