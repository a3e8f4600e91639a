using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>Containers whose life is that of who started them.</summary>
public sealed class LeasingContainers(LocalMachine machine) : IClassFixture<LocalMachine>
{
    [SkippableTheory]
    [InlineData("the end of its input")]
    [InlineData("being killed")]
    [InlineData("being killed with all that came of it")]
    public async Task EndWithTheirStarter(string by)
    {
        LocalMachine.Require();
        var name = by.Replace(' ', '-');
        using var starter = machine.Start("run", "--rm", "--lease", "--stop-timeout", "1", "--name", name, LocalMachine.Image, "sh", "-c", "echo here; sleep 600");
        Assert.Equal("here", await starter.StandardOutput.ReadLineAsync());
        Assert.NotEqual("", (await machine.RunAsync("ps", "-q", "--filter", $"name={name}")).Succeeded());
        if (by.StartsWith("being killed", StringComparison.Ordinal))
        {
            starter.Kill(entireProcessTree: by.EndsWith("of it", StringComparison.Ordinal));
        }
        else
        {
            starter.StandardInput.Close();
        }

        async Task<string> LeftAsync() => (await machine.RunAsync("ps", "-aq", "--filter", $"name={name}")).Succeeded();
        await LocalMachine.UntilAsync(async () => await LeftAsync() == "");
        Assert.Equal("", await LeftAsync());
        await starter.WaitForExitAsync();
    }

    [SkippableFact]
    public async Task GoOnWhileSomethingIsWrittenToTheLease()
    {
        LocalMachine.Require();
        using var starter = machine.Start("run", "--rm", "--lease", LocalMachine.Image, "sh", "-c", "echo here; sleep 1; exit 7");
        Assert.Equal("here", await starter.StandardOutput.ReadLineAsync());
        await starter.StandardInput.WriteLineAsync("still there");
        await starter.StandardInput.FlushAsync();
        await starter.WaitForExitAsync();
        Assert.Equal(7, starter.ExitCode);
    }

    [SkippableTheory]
    [InlineData("--interactive")]
    [InlineData("--detach")]
    public async Task HaveNobodyElseAtTheirInput(string option)
    {
        LocalMachine.Require();
        var refused = await machine.RunAsync("run", "--lease", option, LocalMachine.Image, "true");
        Assert.Equal(125, refused.ExitCode);
        Assert.Contains("CTZ5020: reading --lease", refused.Errors, StringComparison.Ordinal);
    }
}
