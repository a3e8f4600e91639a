using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>What nobody has named is not removed before somebody has said yes.</summary>
public sealed class AskingBeforeRemoving(LocalMachine machine) : IClassFixture<LocalMachine>
{
    [SkippableTheory]
    [InlineData("", false)]
    [InlineData("n\n", false)]
    [InlineData("y\n", true)]
    [InlineData("Yes\n", true)]
    public async Task ContainersGoWithAYesOnly(string answer, bool removed)
    {
        LocalMachine.Require();
        var id = (await machine.RunAsync("create", "--network", "none", LocalMachine.Image, "true")).Succeeded().Trim();
        var pruned = await machine.RunWithInputAsync(answer, "prune");
        Assert.Equal(removed ? 0 : 1, pruned.ExitCode);
        Assert.Contains("This removes all containers that have ended. Go on? [y/N]", pruned.Errors, StringComparison.Ordinal);
        Assert.Equal(!removed, pruned.Errors.Contains("Nothing was removed; --force does not ask.", StringComparison.Ordinal));
        Assert.Equal(removed ? "" : id, (await machine.RunAsync("ps", "-aq", "--no-trunc")).Succeeded().Trim());
        await machine.RunAsync("rm", id);
    }

    [SkippableFact]
    public async Task VolumesWithANameGoOnlyWhereAllAreMeant()
    {
        LocalMachine.Require();
        (await machine.RunAsync("volume", "create", "keep")).Succeeded();
        var unnamed = (await machine.RunAsync("volume", "create")).Succeeded().Trim();
        Assert.Equal(1, (await machine.RunWithInputAsync("", "volume prune --all")).ExitCode);
        Assert.Equal($"volume {unnamed}", (await machine.RunAsync("volume", "prune", "--force")).Succeeded().Trim());
        Assert.Equal("keep", (await machine.RunAsync("volume", "ls", "-q")).Succeeded().Trim());
        Assert.Equal("volume keep", (await machine.RunAsync("volume", "prune", "--all", "--force")).Succeeded().Trim());
    }

    [SkippableFact]
    public async Task NetworksToo()
    {
        LocalMachine.Require();
        (await machine.RunAsync("network", "create", "unused")).Succeeded();
        Assert.Equal(1, (await machine.RunWithInputAsync("", "network prune")).ExitCode);
        Assert.Equal("unused", (await machine.RunAsync("network", "prune", "-f")).Succeeded().Trim());
    }
}
