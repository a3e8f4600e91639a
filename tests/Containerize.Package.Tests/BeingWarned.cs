using System.Text.RegularExpressions;
using Containerize.Package.Tests.Publishing;
using Containerize.Testing;

namespace Containerize.Package.Tests;

/// <summary>A warning of ours is one of MSBuild's: what silences or raises others does so with it.</summary>
public sealed class BeingWarned : IDisposable
{
    private readonly Workspace _workspace = new();

    [Fact]
    public void FollowsTheSettingsForWarnings()
    {
        _workspace.Publish(_workspace.Copy("HelloConsole")).Image.Digest.ToString();
        var cases = new Cases(_workspace, _workspace["HelloConsole/HelloConsole.csproj"]);
        // A warning of the project's own says what holds for all: TreatWarningsAsErrors is the compiler's alone, and a build that fails at a warning
        // that was raised to an error still runs to its end.
        Case("nothing set", "");
        Case("NoWarn", "<NoWarn>$(NoWarn);{0}</NoWarn>");
        Case("MSBuildWarningsAsMessages", "<MSBuildWarningsAsMessages>{0}</MSBuildWarningsAsMessages>");
        Case("TreatWarningsAsErrors", "<TreatWarningsAsErrors>true</TreatWarningsAsErrors>");
        Case("WarningsAsErrors", "<WarningsAsErrors>{0}</WarningsAsErrors>");
        Case("MSBuildTreatWarningsAsErrors", "<MSBuildTreatWarningsAsErrors>true</MSBuildTreatWarningsAsErrors>");
        Case("MSBuildTreatWarningsAsErrors and NoWarn", "<MSBuildTreatWarningsAsErrors>true</MSBuildTreatWarningsAsErrors><NoWarn>$(NoWarn);{0}</NoWarn>");
        Case("MSBuildWarningsAsErrors", "<MSBuildWarningsAsErrors>{0}</MSBuildWarningsAsErrors>");
        Case("MSBuildWarningsNotAsErrors", "<MSBuildTreatWarningsAsErrors>true</MSBuildTreatWarningsAsErrors><MSBuildWarningsNotAsErrors>{0}</MSBuildWarningsNotAsErrors>");
        Verify.Text(
            string.Join('\n', cases.Run().Select(c =>
                $"{c.Key}: {Heard(c.Value, "CTZ1006")}{(Heard(c.Value, "CTZ1006") == Heard(c.Value, "ANY0001") ? " as any other" : "")}, "
                + (c.Value.Contains("-> old:latest@sha256:", StringComparison.Ordinal) ? "an image" : "no image"))));

        void Case(string name, string properties) => cases.Add(name, $"""
            <PropertyGroup><ContainerImageName>old</ContainerImageName>{properties.Replace("{0}", "CTZ1006;ANY0001", StringComparison.Ordinal)}</PropertyGroup>
            <Target Name="Any" BeforeTargets="_ContainerizeCheck"><Warning Code="ANY0001" Text="any other" /></Target>
            """);
    }

    public void Dispose() => _workspace.Dispose();

    private static string Heard(string said, string code) =>
        string.Join(" and ", Regex.Matches(said, $@"\b(warning|error) {code}:").Select(m => m.Groups[1].Value).Distinct().DefaultIfEmpty("silence"));
}
