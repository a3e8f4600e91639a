using System.Diagnostics;
using Xunit;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>Commands that are killed halfway, and commands on one container at the same time.</summary>
public class KilledAndRacing
{
    private static readonly bool IsSlow = Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") == "1";

    [SkippableFact]
    public async Task WhatACreateThatWasKilledLeavesCanBeDeleted()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var random = new Random(20240131);
        var whole = Stopwatch.StartNew();
        (await bundle.CallAsync("delete", "--force", await bundle.CreateContainerAsync())).Succeeded();
        var longest = Math.Max(20, (int)whole.ElapsedMilliseconds);
        for (var round = 0; round < (IsSlow ? 100 : 10); round++)
        {
            var id = LifeBundle.NewId();
            var milliseconds = random.Next(longest);
            using (var create = Process.Start(bundle.Runtime, ["--root", bundle.Root, "create", "--bundle", bundle.Folder, id]))
            {
                await Task.Delay(milliseconds);
                create.Kill();
                await create.WaitForExitAsync();
            }

            (await bundle.CallAsync("delete", "--force", id)).Succeeded();
            await LifeBundle.WaitAsync(() => Task.FromResult(bundle.Remains(id) + bundle.Remains() == ""), $"after {milliseconds} ms of round {round}: {bundle.Remains(id)} {bundle.Remains()}");
        }
    }

    [SkippableFact]
    public async Task OfManyCreatesOfOneIdOneWins()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = LifeBundle.NewId();
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => bundle.CallAsync("create", id)));
        Assert.Equal([0, 1, 1, 1, 1, 1, 1, 1], results.Select(result => result.ExitCode).Order());
        Assert.All(results.Where(result => result.ExitCode != 0), result => Assert.Contains("already exists", result.Errors, StringComparison.Ordinal));
        Assert.Equal("created", await bundle.StatusAsync(id));
        (await bundle.CallAsync("delete", id)).Succeeded();
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableFact]
    public async Task OfTwoStartsOneWins()
    {
        using var bundle = await LifeBundle.CreateAsync();
        for (var round = 0; round < 3; round++)
        {
            var id = await bundle.CreateContainerAsync();
            var results = await Task.WhenAll(bundle.CallAsync("start", id), bundle.CallAsync("start", id));
            Assert.Equal([0, 1], results.Select(result => result.ExitCode).Order());
            Assert.Equal("running", await bundle.StatusAsync(id));
        }
    }

    [SkippableFact]
    public async Task DeletesOfOneContainerDoNotDisturbEachOther()
    {
        using var bundle = await LifeBundle.CreateAsync();
        for (var round = 0; round < 3; round++)
        {
            var id = await bundle.StartContainerAsync();
            var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => bundle.CallAsync("delete", "--force", id)));
            Assert.All(results, result => Assert.Equal((0, ""), (result.ExitCode, result.Errors)));
            Assert.Equal("", bundle.Remains(id) + bundle.Remains());

            id = await bundle.CreateContainerAsync();
            results = await Task.WhenAll(bundle.CallAsync("delete", id), bundle.CallAsync("delete", id));
            Assert.Equal([0, 1], results.Select(result => result.ExitCode).Order());
            Assert.Equal("", bundle.Remains(id) + bundle.Remains());
        }
    }

    [SkippableFact]
    public async Task OthersMayComeInBetween()
    {
        using var bundle = await LifeBundle.CreateAsync();
        for (var round = 0; round < 3; round++)
        {
            var id = await bundle.StartContainerAsync();
            var others = Task.WhenAll(((string[][])[["kill", id, "KILL"], ["state", id], ["ps", id], ["list"], ["pause", id]]).Select(words => bundle.CallAsync(words)));
            (await bundle.CallAsync("delete", "--force", id)).Succeeded();
            Assert.All(await others, result => Assert.InRange(result.ExitCode, 0, 1));
            Assert.Equal("", bundle.Remains(id) + bundle.Remains());
        }
    }

    [SkippableFact]
    public async Task AnIdCanBeUsedAgainAtOnce()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = LifeBundle.NewId();
        for (var round = 0; round < 3; round++)
        {
            (await bundle.CallAsync("create", id)).Succeeded();
            (await bundle.CallAsync("start", id)).Succeeded();
            (await bundle.CallAsync("delete", "--force", id)).Succeeded();
        }

        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }
}
