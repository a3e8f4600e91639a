using Containerize.Planning;
using Xunit;

namespace Containerize.Tests.Planning;

/// <summary>The table of the SDK's documentation for ContainerAppCommandInstruction, and its older behaviour.</summary>
public class CombiningCommands
{
    [Theory]
    [InlineData("", "", "", "", "", "", "app | ")]
    [InlineData("", "", "", "", "", "serve", "app | serve")]
    [InlineData("", "mine", "always", "", "", "serve", "mine always | serve")]
    [InlineData("DefaultArgs", "", "", "", "", "", "base | app")]
    [InlineData("DefaultArgs", "mine", "a", "", "", "d", "base | mine a d")]
    [InlineData("DefaultArgs", "", "", "tini", "--", "d", "tini -- | app d")]
    [InlineData("None", "", "", "", "", "d", "base | d")]
    [InlineData("None", "", "", "tini", "--", "d", "tini -- | d")]
    [InlineData("", "", "", "tini", "", "", "tini | ")]
    [InlineData("", "", "", "tini", "x y", "", "tini | x y")]
    [InlineData("", "mine", "", "tini", "--", "", "tini -- | mine")]
    public void FollowsTheInstruction(string instruction, string app, string appArgs, string entrypoint, string entrypointArgs, string defaults, string expected)
    {
        var settings = new CommandSettings
        {
            Instruction = instruction.Length > 0 ? instruction : null,
            AppCommand = Words(app),
            AppCommandArgs = Words(appArgs),
            Entrypoint = Words(entrypoint),
            EntrypointArgs = Words(entrypointArgs),
            DefaultArgs = Words(defaults),
        };

        var command = AppCommand.Combine(settings, ["app"], ["base"]);

        Assert.Equal(expected, $"{string.Join(' ', command.Entrypoint ?? [])} | {string.Join(' ', command.Cmd ?? [])}");

        static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public void DropsTheEntrypointDotnetOfOldBases() =>
        Assert.Null(AppCommand.Combine(new CommandSettings { Instruction = "DefaultArgs" }, ["app"], ["dotnet"]).Entrypoint);

    [Fact]
    public void NeedsNoProgramOfTheAppsWhereTheEntrypointIsTheUsersOwn()
    {
        using var project = new Project().File("serve.py").Item("ContainerEntrypoint", "/usr/bin/python3").Item("ContainerEntrypointArgs", "serve.py");
        var config = project.Plan().Config.Config!;
        Assert.Equal("/usr/bin/python3 | serve.py", $"{string.Join(' ', config.Entrypoint ?? [])} | {string.Join(' ', config.Cmd ?? [])}");
    }
}
