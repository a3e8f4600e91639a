using System.Text.Json;
using Containerize.Oci;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests;

public sealed class ShippingImages : IAsyncLifetime, IDisposable
{
    private readonly Shell _shell = new();
    private FaultRegistry _registry = null!;

    public async Task InitializeAsync() => _registry = await FaultRegistry.StartAsync();

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task PushedUnderItsOwnNameOrAnother()
    {
        await _shell.AddAppAsync($"{_registry.Host}/team/app:1.0");
        var digest = _shell.Store.List()[0].Descriptor.Digest;
        Assert.Equal($"{_registry.Host}/team/app:1.0@{digest}\n", (await OkAsync("push", $"{_registry.Host}/team/app:1.0")).Output);
        Assert.Equal($"{_registry.Host}/other:2@{digest}\n", (await OkAsync("push", digest.Abbreviated, $"{_registry.Host}/other:2")).Output);
        Assert.Equal(digest, _registry.Content.Repository("team/app").Manifest("1.0")!.Digest);
        Assert.Equal(digest, _registry.Content.Repository("other").Manifest("2")!.Digest);
    }

    [Fact]
    public async Task PushedAgainSendsNothingAndSaysSo()
    {
        await _shell.AddAppAsync("app:1.0");
        await OkAsync("push", "app:1.0", $"{_registry.Host}/app:1");
        _registry.ForgetRequests();
        var again = await OkAsync("push", "app:1.0", $"{_registry.Host}/app:1");
        Assert.EndsWith(" already; nothing was sent.\n", again.Error, StringComparison.Ordinal);
        Assert.Equal(["HEAD /v2/app/manifests/1 200"], _registry.Lines);
        Assert.Equal("", (await OkAsync("push", "app:1.0", $"{_registry.Host}/app:1", "-v", "quiet")).Error);
    }

    [Fact]
    public async Task PushedToSeveralGoesToAllOrMovesNoTag()
    {
        await _shell.AddAppAsync("app:1.0");
        await using var second = await FaultRegistry.StartAsync();
        second.On("PUT", "/uploads/").Always(Fault.Error(403, "DENIED"));
        var outcome = await _shell.RunAsync("push", "app:1.0", $"{_registry.Host}/app:1", $"{second.Host}/app:1");
        Assert.Equal(1, outcome.Code);
        Assert.Contains("\nerror CTZ4004: ", "\n" + outcome.Error, StringComparison.Ordinal);
        Assert.Empty(_registry.Content.Repository("app").Tags);

        second.Heal();
        Assert.Equal(2, Lines(await OkAsync("push", "app:1.0", $"{_registry.Host}/app:1", $"{second.Host}/app:1")));
    }

    [Fact]
    public async Task PulledIsThisMachinesPlatformOrTheOneAskedForOrAll()
    {
        await _shell.AddIndexAsync("web:1");
        var index = _shell.Store.List()[0].Descriptor.Digest;
        await OkAsync("push", "web:1", $"{_registry.Host}/web:1");
        using var elsewhere = new Shell();
        Assert.Contains("@sha256:", (await elsewhere.RunAsync("pull", $"{_registry.Host}/web:1")).Output, StringComparison.Ordinal);
        Assert.Equal(Commands.PlatformOption.OfThisMachine(), elsewhere.Store.List().Single().Platforms.Single());
        await elsewhere.RunAsync("pull", $"{_registry.Host}/web:1", "--platform", "linux/arm64");
        Assert.Equal(Platform.LinuxArm64, elsewhere.Store.List().Single().Platforms.Single());
        Assert.Equal($"{_registry.Host}/web:1@{index}\n", (await elsewhere.RunAsync("pull", $"{_registry.Host}/web:1", "--all-platforms")).Output);
        Assert.Equal(index, elsewhere.Store.List().Single().Descriptor.Digest);
        var wrong = await elsewhere.RunAsync("pull", $"{_registry.Host}/web:1", "--platform", "linux/s390x");
        Assert.Equal(1, wrong.Code);
        Assert.StartsWith("error CTZ3005: ", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CopiedFromARegistryThatHasNotWhatIsHereSaysSo()
    {
        var name = $"{_registry.Host}/hello:1";
        var nowhere = await _shell.RunAsync("copy", name, $"{_registry.Host}/hello:copy");
        Assert.StartsWith("error CTZ4005: ", nowhere.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("local:", nowhere.Error, StringComparison.Ordinal);

        await _shell.AddAppAsync(name);
        var here = await _shell.RunAsync("copy", name, $"{_registry.Host}/hello:copy");
        Assert.EndsWith($" There is a local image of that name: write local:{name}.\n", here.Error, StringComparison.Ordinal);
        await OkAsync("copy", "local:" + name, $"{_registry.Host}/hello:copy");
    }

    [Fact]
    public async Task CopiedWithinARegistryIsMountedAndBetweenTwoTheSame()
    {
        await _shell.AddIndexAsync("web:1");
        var index = _shell.Store.List()[0].Descriptor.Digest;
        await OkAsync("push", "web:1", $"{_registry.Host}/web:1");
        _registry.ForgetRequests();
        using var elsewhere = new Shell();
        Assert.Equal($"{_registry.Host}/copy:1@{index}\n", (await elsewhere.RunAsync("copy", $"{_registry.Host}/web:1", $"docker://{_registry.Host}/copy:1")).Output);
        Assert.Equal(6, _registry.Count("POST", "mount="));
        await using var second = await FaultRegistry.StartAsync();
        Assert.Equal(0, (await elsewhere.RunAsync("copy", $"{_registry.Host}/web:1", $"{second.Host}/web:1")).Code);
        Assert.Equal(index, second.Content.Repository("web").Manifest("1")!.Digest);
    }

    [Theory]
    [InlineData("oci:layout")]
    [InlineData("oci:layout:name")]
    [InlineData("oci-archive:app.tar")]
    [InlineData("local:again:1")]
    public async Task CopiedToAFileAndBackIsTheSame(string place)
    {
        await _shell.AddAppAsync("app:1.0");
        var digest = _shell.Store.List()[0].Descriptor.Digest;
        await OkAsync("push", "app:1.0", $"{_registry.Host}/app:1");
        Assert.EndsWith($"@{digest}\n", (await OkAsync("copy", $"{_registry.Host}/app:1", place)).Output, StringComparison.Ordinal);
        await OkAsync("copy", place, $"{_registry.Host}/back:1");
        Assert.Equal(digest, _registry.Content.Repository("back").Manifest("1")!.Digest);
    }

    [Fact]
    public async Task TheTagsAreListedPageByPage()
    {
        await _shell.AddAppAsync("app:1.0");
        await OkAsync("push", "app:1.0", $"{_registry.Host}/app:b", $"{_registry.Host}/app:a");
        var manifest = _registry.Content.Repository("app").Manifest("a")!;
        for (var i = 0; i < 2500; i++)
        {
            _registry.Content.Repository("app").Add(manifest, $"t{i:0000}");
        }

        var listed = await OkAsync("tags", $"{_registry.Host}/app");
        Assert.StartsWith("a\nb\nt0000\n", listed.Output, StringComparison.Ordinal);
        Assert.Equal(2502, Lines(listed));
        Assert.Equal(3, _registry.Count("GET", "/tags/list"));
        var json = JsonDocument.Parse((await OkAsync("tags", $"{_registry.Host}/app", "--format", "json")).Output).RootElement;
        Assert.Equal(2502, json.GetProperty("tags").GetArrayLength());
        Assert.Equal($"{_registry.Host}/app", json.GetProperty("repository").GetString());
        Assert.Equal(1, (await _shell.RunAsync("tags", $"{_registry.Host}/none")).Code);
    }

    [Fact]
    public async Task TheManifestIsShownByteForByte()
    {
        await _shell.AddIndexAsync("web:1");
        var index = _shell.Store.List()[0].Descriptor.Digest;
        await OkAsync("push", "web:1", $"{_registry.Host}/web:1");
        Assert.Equal(index, Digest.Of((await OkAsync("manifest", $"{_registry.Host}/web:1")).Bytes));
        Assert.Equal(index, Digest.Of((await OkAsync("manifest", "local:web:1")).Bytes));
        var one = JsonDocument.Parse((await OkAsync("manifest", $"{_registry.Host}/web:1", "--platform", "linux/arm64", "--format", "json")).Output).RootElement;
        Assert.Equal(MediaTypes.OciManifest, one.GetProperty("mediaType").GetString());
        Assert.Equal(3, one.GetProperty("manifest").GetProperty("layers").GetArrayLength());
        Assert.Equal(1, (await _shell.RunAsync("manifest", $"{_registry.Host}/web:none")).Code);
    }

    [Fact]
    public async Task AProgramReadsTheResultAsJson()
    {
        await _shell.AddAppAsync("app:1.0");
        var pushed = JsonDocument.Parse((await OkAsync("push", "app:1.0", $"{_registry.Host}/app:1", "--format", "json")).Output).RootElement[0];
        Assert.Equal($"{_registry.Host}/app:1", pushed.GetProperty("reference").GetString());
        Assert.Equal(_shell.Store.List()[0].Descriptor.Digest.ToString(), pushed.GetProperty("digest").GetString());
        Assert.Equal(MediaTypes.OciManifest, pushed.GetProperty("mediaType").GetString());
    }

    [Fact]
    public async Task WhatMovesIsShownAsLinesInALogAndLiveAtATerminal()
    {
        await _shell.AddAppAsync("app:1.0");
        var log = (await OkAsync("push", "app:1.0", $"{_registry.Host}/log:1")).Error;
        Assert.Equal(4, log.Split('\n').Count(l => l.StartsWith("Sent ", StringComparison.Ordinal)));
        Assert.DoesNotContain('\e', log);

        var live = await _shell.RunAsync([], redirected: false, "push", "app:1.0", $"{_registry.Host}/live:1");
        Assert.Equal(0, live.Code);
        Assert.Contains("Sending ", live.Error, StringComparison.Ordinal);
        Assert.Contains('\e', live.Error);
        Assert.DoesNotContain('\e', live.Output);

        _shell.Variables["NO_COLOR"] = "1";
        Assert.DoesNotContain('\e', (await _shell.RunAsync([], redirected: false, "push", "app:1.0", $"{_registry.Host}/plain:1")).Error);
        using var elsewhere = new Shell();
        Assert.Contains("Got ", (await elsewhere.RunAsync("pull", $"{_registry.Host}/log:1")).Error, StringComparison.Ordinal);
    }

    private async Task<Outcome> OkAsync(params string[] args)
    {
        var outcome = await _shell.RunAsync(args);
        Assert.True(outcome.Code == 0, outcome.Transcript());
        return outcome;
    }

    private static int Lines(Outcome outcome) => outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
}
