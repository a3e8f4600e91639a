using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests;

public sealed class TypingCommands : IDisposable
{
    private readonly Shell _shell = new();

    [Theory]
    [InlineData("")]
    [InlineData("build")]
    [InlineData("plan")]
    [InlineData("images")]
    [InlineData("inspect")]
    [InlineData("tag")]
    [InlineData("rmi")]
    [InlineData("save")]
    [InlineData("load")]
    [InlineData("push")]
    [InlineData("pull")]
    [InlineData("copy")]
    [InlineData("tags")]
    [InlineData("manifest")]
    [InlineData("login")]
    [InlineData("logout")]
    [InlineData("completion")]
    public async Task HelpShowsOptionsAndExamples(string command)
    {
        var outcome = await _shell.RunAsync([.. command.Length == 0 ? Array.Empty<string>() : [command], "--help"]);
        Verify.Text(outcome.Transcript(), command.Length == 0 ? "root" : command);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("inspect")]
    [InlineData("images", "--format", "xml")]
    [InlineData("images", "-v", "loud")]
    [InlineData("tag", "one")]
    [InlineData("build", "-p", "no-equals-sign")]
    [InlineData("build", "missing-folder")]
    [InlineData("build", "-t", "registry.example.com/app:1.0")]
    [InlineData("completion", "tcsh")]
    [InlineData("images", "--bogus")]
    [InlineData("rmi", "-x", "app")]
    [InlineData("push")]
    [InlineData("push", "app:1.0", "oci:folder")]
    [InlineData("pull", "app", "--platform", "linux/arm64", "--all-platforms")]
    [InlineData("copy", "app")]
    [InlineData("tags", "localhost:5000/app:1.0")]
    [InlineData("manifest", "app", "--format", "yaml")]
    [InlineData("login", "-u", "u", "-p", "p", "--password-stdin")]
    [InlineData("login", "--password-stdin")]
    [InlineData("login", "one", "two")]
    public async Task WrongUsageExitsWithTwoAndSaysWhatWasExpected(params string[] args)
    {
        File.WriteAllText(_shell.PathOf("App.csproj"), "<Project />");
        await _shell.AddAppAsync("app:1.0");
        var outcome = await _shell.RunAsync(args);

        Assert.Equal(2, outcome.Code);
        Assert.Equal("", outcome.Output);
        Assert.StartsWith("error CTZ702", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void EachCommandIsMadeByItsNameAndNoOtherWithIt()
    {
        using var terminal = Terminal.OfProcess();
        IEnumerable<string> Made(string word) => CommandLine.Create(terminal, VerbosityOption.Create(), word).Subcommands.Select(c => c.Name);
        Assert.Equal(CommandTable.Names, CommandTable.Names.SelectMany(Made));
        Assert.Equal(CommandTable.Names, Made("frobnicate"));
        Assert.Equal(["ps"], Made("ls"));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task CompletionScriptsAskTheProgram(string shell)
    {
        Assert.Contains("dotnet-containerize \"[suggest:", (await _shell.RunAsync("completion", shell)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SuggestsCommands()
    {
        var outcome = await _shell.RunAsync("[suggest:20]", "dotnet-containerize i");
        Assert.Contains("inspect", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("images", outcome.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _shell.Dispose();
}
