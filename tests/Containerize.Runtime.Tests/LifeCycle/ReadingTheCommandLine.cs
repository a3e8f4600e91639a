using System.Text.Json.Nodes;
using Xunit;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>The command line as engines and people write it, and where errors are told.</summary>
public class ReadingTheCommandLine
{
    private static readonly string[] Commands =
    [
        "create", "start", "run", "state", "kill", "delete", "exec", "ps", "list", "pause", "resume", "update", "events", "spec", "features",
    ];

    public static TheoryData<string> BadIds => ["../x", "a/b", "/a", ".", "..", "", "a\nb", "a b", "ä", "a:b", "a@b", "%41", "~", "*", new string('x', 2000), new string('x', 256)];

    [SkippableTheory]
    [MemberData(nameof(BadIds))]
    public async Task AnIdThatIsNoNameOfADirectoryIsRefused(string id)
    {
        using var bundle = await LifeBundle.CreateAsync();
        foreach (var command in (string[])["create", "run", "state", "start", "kill"])
        {
            var result = await bundle.CallAsync(command is "create" or "run" ? [command, "--bundle", bundle.Folder, id] : [command, id]);
            Assert.Equal(1, result.ExitCode);
            Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        Assert.Equal("", bundle.Remains());
    }

    [SkippableTheory]
    [InlineData("+x")]
    [InlineData("_")]
    [InlineData("A.b-c_9+")]
    [InlineData("...")]
    public async Task OtherIdsAreFine(string id)
    {
        using var bundle = await LifeBundle.CreateAsync();
        // The cgroup is named after the id, and another test may have one of that name.
        bundle.Set("/linux/cgroupsPath", $"\"{LifeBundle.NewId()}\"");
        (await bundle.CallAsync("create", "--bundle", bundle.Folder, id)).Succeeded();
        Assert.Equal(id, (await bundle.StateAsync(id))["id"]!.GetValue<string>());
        (await bundle.CallAsync("delete", id)).Succeeded();
    }

    [SkippableFact]
    public async Task DebugTellsOfStepsInTheLog()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Program("/bin/sh", "-c", "echo started");
        var id = LifeBundle.NewId();
        var loud = await bundle.CallAsync("--debug", "run", "--bundle", bundle.Folder, id);
        Assert.Equal("started\n", loud.Succeeded());
        Assert.Equal(3, loud.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.Contains("level=debug msg=\"", StringComparison.Ordinal)));
        var quiet = await bundle.CallAsync("--debug", "--log", bundle["log"], "--log-format", "json", "run", "--bundle", bundle.Folder, id);
        Assert.Equal(("started\n", ""), (quiet.Succeeded(), quiet.Errors));
        Assert.Equal(["debug", "debug", "debug"], (await File.ReadAllLinesAsync(bundle["log"])).Select(line => JsonNode.Parse(line)!["level"]!.GetValue<string>()));
    }

    // As crun has them.
    [SkippableFact]
    public async Task TheConfigurationMayHaveAnotherNameAndTheCgroupManagerBeNamed()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Program("/bin/sh", "-c", "echo another");
        bundle.MakeFolder("in");
        File.Move(bundle["config.json"], bundle["in/other.json"]);
        foreach (var name in (string[])["in/other.json", bundle["in/other.json"]])
        {
            var result = await bundle.CallAsync("--cgroup-manager", "cgroupfs", "run", "--bundle", bundle.Folder, "--config", name, LifeBundle.NewId());
            Assert.Equal("another\n", result.Succeeded());
        }

        var absent = await bundle.CallAsync("create", "--bundle", bundle.Folder, "-f", "none.json", LifeBundle.NewId());
        Assert.Contains("JSON specification file none.json not found", absent.Errors, StringComparison.Ordinal);
        var systemd = await bundle.CallAsync("--cgroup-manager=systemd", "list");
        Assert.Equal(1, systemd.ExitCode);
        Assert.Contains("--cgroup-manager systemd is not supported; use cgroupfs", systemd.Errors, StringComparison.Ordinal);
        Assert.Equal("", bundle.Remains());
    }

    [SkippableFact]
    public async Task ValuesComeAfterASpaceOrAnEqualsSign()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var name = Path.GetFileName(bundle.Folder);
        foreach (var form in (string[][])[["--bundle", bundle.Folder], ["--bundle=" + bundle.Folder], ["-b", bundle.Folder], ["-b=" + bundle.Folder], ["-bundle", bundle.Folder], ["--bundle", "../" + name], ["--bundle=."], []])
        {
            var id = LifeBundle.NewId();
            (await bundle.CallBareAsync(["--root=state", "create", .. form, "--pid-file=pid", id])).Succeeded();
            var state = await bundle.StateAsync(id);
            Assert.Equal(bundle.Folder, state["bundle"]!.GetValue<string>());
            Assert.Equal(await File.ReadAllTextAsync(bundle["pid"]), state["pid"]!.ToJsonString());
            (await bundle.CallAsync("delete", "-f", id)).Succeeded();
        }
    }

    // As with runc. What comes after the id is another program's in exec.
    [SkippableTheory]
    [InlineData("")]
    [InlineData("runc")]
    public async Task OptionsMayComeAfterTheId(string runtime)
    {
        using var bundle = await LifeBundle.CreateAsync(runtime.Length > 0 ? runtime : null);
        var id = LifeBundle.NewId();
        (await bundle.CallAsync("create", id, "--bundle", bundle.Folder, "--pid-file", bundle["pid"])).Succeeded();
        Assert.NotEqual("", await File.ReadAllTextAsync(bundle["pid"]));
        (await bundle.CallAsync("start", id)).Succeeded();
        Assert.Equal("-- --user -u\n", (await bundle.CallAsync("exec", id, "/bin/busybox", "echo", "--", "--user", "-u")).Succeeded());
        (await bundle.CallAsync("update", id, "--pids-limit", "30")).Succeeded();
        Assert.NotEqual(0, (await bundle.CallAsync("delete", id)).ExitCode);
        (await bundle.CallAsync("delete", id, "--force")).Succeeded();
    }

    [SkippableFact]
    public async Task WhatDoesNotFitIsRefusedInOneLine()
    {
        using var bundle = await LifeBundle.CreateAsync();
        foreach (var words in (string[][])
            [
                ["create"], ["create", "a", "b"], ["create", "--none", "a"], ["create", "--bundle"], ["start"], ["start", "a", "b"], ["state"], ["kill"], ["kill", "a", "NONE"], ["kill", "a", "99"],
                ["delete"], ["run"], ["pause"], ["resume"], ["ps"], ["list", "--format", "xml"], ["list", "a"], ["--none"], ["--log-format", "xml", "list"], ["update"], ["spec", "a"],
                ["--systemd-cgroup", "create", "a"],
            ])
        {
            var result = await bundle.CallAsync(words);
            Assert.Equal(1, result.ExitCode);
            Assert.StartsWith("time=", Assert.Single(result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }

        Assert.Equal(255, (await bundle.CallAsync("exec")).ExitCode);
        Assert.Equal(3, (await bundle.CallAsync("none")).ExitCode);
        Assert.Contains("cgroupfs", (await bundle.CallAsync("--systemd-cgroup", "create", "a")).Errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task TheLogIsWhatContainerdReads()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var result = await bundle.CallAsync("--log", bundle["log"], "--log-format", "json", "state", "nothing");
        Assert.Equal(1, result.ExitCode);
        var line = JsonNode.Parse(Assert.Single(await File.ReadAllLinesAsync(bundle["log"])))!;
        Assert.Equal(["level", "msg", "time"], line.AsObject().Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal("error", line["level"]!.GetValue<string>());
        Assert.Contains("container does not exist", line["msg"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.InRange(DateTimeOffset.Parse(line["time"]!.GetValue<string>()), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
        // People read standard error, and so does conmon.
        Assert.Equal(line["msg"]!.GetValue<string>() + "\n", result.Errors);

        await bundle.CallAsync("--log=" + bundle["log"], "--log-format=json", "start", "nothing");
        Assert.Equal(2, (await File.ReadAllLinesAsync(bundle["log"])).Length);
        await bundle.CallAsync("--log", bundle["text"], "create", "--none", "x");
        Assert.Matches("^time=\"[0-9TZ:-]+\" level=error msg=\".*flag provided but not defined: --none.*\"\n$", await File.ReadAllTextAsync(bundle["text"]));
        Assert.Equal(1, (await bundle.CallAsync("--log", "/nowhere/log", "state", "nothing")).ExitCode);
    }

    [SkippableFact]
    public async Task ItTellsOfItself()
    {
        using var bundle = await LifeBundle.CreateAsync();
        Assert.Matches("^containerize-runtime version \\S+\nspec: 1\\.\\d+\\.\\d+\n$", (await bundle.CallBareAsync("--version")).Succeeded());
        Assert.Equal((await bundle.CallBareAsync("--version")).Output, (await bundle.CallBareAsync("-v")).Succeeded());
        var help = (await bundle.CallBareAsync("--help")).Succeeded();
        Assert.Equal(help, (await bundle.CallBareAsync("-h")).Succeeded());
        Assert.Equal(help, (await bundle.CallBareAsync("help")).Succeeded());
        Assert.Equal(help, (await bundle.CallBareAsync()).Succeeded());
        foreach (var command in Commands)
        {
            Assert.Contains($"\n  {command} ", help, StringComparison.Ordinal);
            Assert.StartsWith($"usage: containerize-runtime {command}", (await bundle.CallBareAsync(command, "--help")).Succeeded(), StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task FeaturesAreADocumentOfTheSpecification()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var features = JsonNode.Parse((await bundle.CallBareAsync("features")).Succeeded())!;
        Assert.Equal("1.0.0", features["ociVersionMin"]!.GetValue<string>());
        Assert.Contains("startContainer", features["hooks"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("mount", features["linux"]!["namespaces"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.True(features["linux"]!["mountExtensions"]!["idmap"]!["enabled"]!.GetValue<bool>());
        Assert.DoesNotContain(features["annotations"]!.AsObject(), annotation => annotation.Key.StartsWith("org.opencontainers", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task SpecWritesWhatRunsAndOverwritesNothing()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var refused = await bundle.CallAsync("spec");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("config.json exists", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(bundle.Spec.ToJsonString(), await File.ReadAllTextAsync(bundle["config.json"]));

        File.Delete(bundle["config.json"]);
        (await bundle.CallAsync("spec")).Succeeded();
        var written = JsonNode.Parse(await File.ReadAllTextAsync(bundle["config.json"]))!;
        written["process"]!["terminal"] = false;
        written["process"]!["args"] = new JsonArray("/bin/busybox", "echo", "as specified");
        bundle.Write("config.json", written.ToJsonString());
        Assert.Equal("as specified\n", (await bundle.CallAsync("run", LifeBundle.NewId())).Succeeded());

        (await bundle.CallAsync("spec", "--rootless", "--bundle", bundle.MakeFolder("other"))).Succeeded();
        Assert.Contains("\"user\"", await File.ReadAllTextAsync(bundle["other/config.json"]), StringComparison.Ordinal);
        Assert.Equal(1, (await bundle.CallAsync("spec", "--bundle", "/nowhere")).ExitCode);
    }
}
