using System.Text.Json;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests;

public sealed class ReadingTheStore : IDisposable
{
    private readonly Shell _shell = new();

    [Fact]
    public async Task ListsImagesAsATable()
    {
        await FillAsync();
        Verify.Text((await _shell.RunAsync("images")).Transcript());
    }

    [Fact]
    public async Task ListsImagesAsJson()
    {
        await FillAsync();
        Verify.Text((await _shell.RunAsync("images", "--format", "json")).Transcript());
    }

    [Fact]
    public async Task ListsOneRepositoryByItsName()
    {
        await FillAsync();

        Assert.Equal(2, Lines(await _shell.RunAsync("images", "app", "-q")));
        Assert.Equal(1, Lines(await _shell.RunAsync("images", "app:2.0", "-q")));
        Assert.Equal(1, Lines(await _shell.RunAsync("images", "localhost:5000/team/web", "-q", "--no-trunc")));
        Assert.Equal(0, Lines(await _shell.RunAsync("images", "web", "-q")));
    }

    [Fact]
    public async Task ListsNothingInANewStore()
    {
        Assert.Equal("[]\n", (await _shell.RunAsync("images", "--format", "json")).Output);
        Assert.Equal("", (await _shell.RunAsync("images", "--quiet")).Output);
    }

    [Fact]
    public async Task ShowsAnImageInEightyColumns()
    {
        await FillAsync();
        _shell.Variables["NO_COLOR"] = "1";
        var outcome = await _shell.RunAsync([], redirected: false, "inspect", "app:1.0");

        Verify.Text(outcome.Transcript());
        Assert.All(outcome.Output.Split('\n').Where(l => l.Contains('─', StringComparison.Ordinal)), l => Assert.InRange(l.Length, 1, 80));
    }

    [Fact]
    public async Task ShowsWholeNamesToAProgram()
    {
        await FillAsync();
        var layers = (await _shell.RunAsync("inspect", "app:1.0")).Output.Split('\n').Where(l => l.Contains('─', StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(layers);
        Assert.All(layers, l => Assert.DoesNotContain('…', l));
    }

    [Fact]
    public async Task ShowsAnImageForSeveralPlatforms()
    {
        await FillAsync();
        Verify.Text((await _shell.RunAsync("inspect", "localhost:5000/team/web:dev")).Transcript());
    }

    [Fact]
    public async Task ShowsOnePlatformAsJson()
    {
        await FillAsync();
        Verify.Text((await _shell.RunAsync("inspect", "localhost:5000/team/web:dev", "--platform", "linux/arm64", "--format", "json")).Transcript());
    }

    [Fact]
    public async Task ShowsTheSameImageFromAnArchive()
    {
        await FillAsync();
        await _shell.RunAsync("save", "app:1.0", "-o", "app.tar");

        var stored = JsonDocument.Parse((await _shell.RunAsync("inspect", "app:1.0", "--format", "json")).Output).RootElement[0];
        var archived = JsonDocument.Parse((await _shell.RunAsync("inspect", "oci-archive:app.tar", "--format", "json")).Output).RootElement[0];
        Assert.Equal(stored.GetProperty("digest").GetString(), archived.GetProperty("digest").GetString());
        Assert.Equal(stored.GetProperty("config").GetRawText(), archived.GetProperty("config").GetRawText());
    }

    [Theory]
    [InlineData("inspect", "nothing")]
    [InlineData("inspect", "oci:missing")]
    [InlineData("inspect", "oci-archive:missing.tar")]
    [InlineData("inspect", "app:1.0", "--platform", "linux/s390x")]
    [InlineData("load", "-i", "missing.tar")]
    [InlineData("tag", "nothing", "app")]
    [InlineData("rmi", "nothing")]
    [InlineData("save", "app:1.0", "-o", "/dev/full/app.tar")]
    public async Task FailsWithOneLineAndExitCodeOne(params string[] args)
    {
        await FillAsync();
        var outcome = await _shell.RunAsync(args);

        Assert.Equal(1, outcome.Code);
        Assert.Equal("", outcome.Output);
        Assert.Matches("^error CTZ[0-9]{4}: [^\n]+\n$", outcome.Error);
    }

    [Fact]
    public async Task SaysOfANameThatNothingHasThatNothingHasIt()
    {
        Assert.Equal(
            "error CTZ3020: finding 'nothing': no container and no image has this name. See 'dotnet containerize ps -a' and 'dotnet containerize images'.\n",
            (await _shell.RunAsync("inspect", "nothing")).Error);
        Assert.StartsWith("error CTZ3020: finding the image 'nothing': ", (await _shell.RunAsync("inspect", "--type", "image", "nothing")).Error, StringComparison.Ordinal);
        Assert.StartsWith("error CTZ5030: finding the container 'nothing': ", (await _shell.RunAsync("inspect", "--type", "container", "nothing")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SaysOfTheFirstDigitsOfSeveralContainersThatTheyAreSeveral()
    {
        foreach (var last in (string[])["1", "2"])
        {
            var id = "abc" + last + new string('0', 60);
            var folder = Directory.CreateDirectory(Path.Combine(_shell.Paths.Data, "containers", id)).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "container.json"), $$"""{"id":"{{id}}","name":"name-{{last}}"}""");
            await File.WriteAllTextAsync(Path.Combine(folder, "plan.json"), "{}");
            await File.WriteAllTextAsync(Path.Combine(folder, "config.json"), "{}");
        }

        Assert.Equal("error CTZ5031: finding the container 'abc': 2 ids begin so. Give more of the id, or the name.\n", (await _shell.RunAsync("inspect", "abc")).Error);
    }

    [Fact]
    public async Task ColoursOnlyATerminalThatWantsIt()
    {
        await FillAsync();
        Assert.Contains('\e', (await _shell.RunAsync([], redirected: false, "images")).Output);
        Assert.DoesNotContain('\e', (await _shell.RunAsync("images")).Output);

        _shell.Variables["NO_COLOR"] = "1";
        Assert.DoesNotContain('\e', (await _shell.RunAsync([], redirected: false, "images")).Output);
    }

    public void Dispose() => _shell.Dispose();

    private static int Lines(Outcome outcome) => outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    private async Task FillAsync()
    {
        await _shell.AddAppAsync("app:1.0");
        await _shell.AddAppAsync("app:2.0", "newer");
        await _shell.AddIndexAsync("localhost:5000/team/web:dev");
    }
}
