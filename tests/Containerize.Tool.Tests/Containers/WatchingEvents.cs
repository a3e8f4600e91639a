using System.Text.RegularExpressions;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>What happens to containers, as those who watch see it.</summary>
public sealed class WatchingEvents(LocalMachine machine) : IClassFixture<LocalMachine>
{
    [SkippableFact]
    public async Task ALifeIsSeenAndHealthToo()
    {
        LocalMachine.Require();
        await using var watching = machine.Begin("events", "--filter", "container=seen", "--filter", "container=before", "--format", "{{.Action}} {{.Actor.Attributes.name}}");
        // It watches when it sees this one.
        await LocalMachine.UntilAsync(async () =>
        {
            await machine.RunAsync("run", "--rm", "--name", "before", "--network", "none", LocalMachine.Image, "sleep", "0.3");
            return watching.Output.Contains("destroy before", StringComparison.Ordinal);
        });
        await machine.RunAsync(
            "run", "-d", "--name", "seen", "--network", "none", "--health-cmd", "cat /tmp/well", "--health-interval", "200ms", "--health-retries", "1", LocalMachine.Image, "sleep", "1000");
        await watching.UntilAsync("health_status: unhealthy");
        Assert.Contains("(unhealthy)", (await machine.RunAsync("ps", "--filter", "name=seen")).Output, StringComparison.Ordinal);
        await machine.RunAsync("exec", "seen", "touch", "/tmp/well");
        await watching.UntilAsync("health_status: healthy");
        await machine.RunAsync("pause", "seen");
        await watching.UntilAsync("pause seen");
        await machine.RunAsync("unpause", "seen");
        await watching.UntilAsync("unpause seen");
        await machine.RunAsync("rm", "-f", "seen");
        await LocalMachine.UntilAsync(() => Task.FromResult(watching.Output.Contains("destroy seen", StringComparison.Ordinal)));
        Assert.Equal(
            "create seen\nstart seen\nhealth_status: unhealthy seen\nhealth_status: healthy seen\npause seen\nunpause seen\ndie seen\ndestroy seen\n",
            string.Concat(watching.Output.Split('\n').Where(line => line.EndsWith(" seen", StringComparison.Ordinal)).Select(line => line + "\n")));
    }

    [SkippableFact]
    public async Task OfShortLivesNothingIsMissed()
    {
        LocalMachine.Require();
        await using var watching = machine.Begin("events", "--filter", "container=short", "--filter", "container=again");
        List<string> Seen() => [.. Regex.Matches(watching.Output, @"container (\S+) \w{64} \((?:exitCode=(\d+), )?image=box:1, name=(\w+)\)\n").Select(m => $"{m.Groups[1]} {m.Groups[3]} {m.Groups[2]}".TrimEnd())];
        await LocalMachine.UntilAsync(async () =>
        {
            await machine.RunAsync("rm", (await machine.RunAsync("create", "--name", "short", LocalMachine.Image)).Output.Trim());
            return Seen().Contains("destroy short");
        });
        for (var code = 1; code <= 4; code++)
        {
            await machine.RunAsync("run", "--rm", "--name", "short", "--network", "none", LocalMachine.Image, "sh", "-c", $"exit {code}");
        }

        await machine.RunAsync("run", "-d", "--name", "again", "--network", "none", LocalMachine.Image, "sh", "-c", "sleep 1000");
        await machine.RunAsync("restart", "-t", "0", "again");
        await machine.RunAsync("rm", "-f", "again");
        await LocalMachine.UntilAsync(() => Task.FromResult(Seen().Contains("destroy again")));
        string[] Life(int code) => ["create short", "start short", $"die short {code}", "destroy short"];
        Assert.Equal(
            [.. Life(1), .. Life(2), .. Life(3), .. Life(4), "create again", "start again", "die again 137", "start again", "die again 137", "destroy again"],
            Seen().SkipWhile(line => line != "start short").Prepend("create short"));
    }

    [SkippableFact]
    public async Task WhatIsKnownOfThePastIsShownAndChosen()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "--name", "past", "--network", "none", LocalMachine.Image, "sh", "-c", "exit 4");
        await machine.RunAsync("create", "--name", "made", "--network", "none", LocalMachine.Image);
        string[] watch = ["events", "--since", "10m", "--until", DateTimeOffset.UtcNow.ToString("O"), "--filter", "container=past", "--filter", "container=made", "--format"];
        const string Shape = "{{.Action}} {{.Actor.Attributes.name}}";
        Assert.Equal("create past\nstart past\ndie past\ncreate made\n", (await machine.RunAsync([.. watch, Shape])).Output);
        Assert.Equal("create past\ncreate made\n", (await machine.RunAsync([.. watch, Shape, "--filter", "event=create"])).Output);
        Assert.Equal("create past\ndie past\ncreate made\n", (await machine.RunAsync([.. watch, Shape, "--filter", "event=create", "--filter", "event=die"])).Output);
        Assert.Equal("4\n", (await machine.RunAsync([.. watch, "{{.Actor.Attributes.exitCode}}", "--filter", "event=die"])).Output);
        var wrong = await machine.RunAsync([.. watch, Shape, "--filter", "color=red"]);
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("CTZ5020", wrong.Errors, StringComparison.Ordinal);
    }
}
