using System.Text.Json.Nodes;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.TheProcess;

/// <summary>The program's name is looked up in PATH, and what cannot be executed is refused with the words that engines look for.</summary>
public class FindingTheProgram
{
    [SkippableTheory]
    [InlineData("two", "/first:/second", "second")]
    [InlineData("directory", "/first:/second", "second")]
    [InlineData("one", "/nowhere:sub/../../second", "second")]
    [InlineData("one", "::/second", "working directory")]
    [InlineData("./one", "", "working directory")]
    [InlineData("sub/one", "/second", "below")]
    [InlineData("/second/one", "", "second")]
    [InlineData("/link", "", "second")]
    [InlineData("one", null, "default")]
    public async Task ItIsTheOneThatAShellWouldTake(string name, string? path, string expected)
    {
        using var bundle = await CreateAsync(name, path);
        var result = await RunAsync(bundle);
        Assert.Equal(expected + "\n", result.Succeeded());
    }

    [SkippableTheory]
    [InlineData("missing", "/bin", "executable file not found in $PATH")]
    [InlineData("/missing", "/bin", "no such file or directory")]
    [InlineData("plain", "/first", "permission denied")]
    [InlineData("/first/plain", "/first", "permission denied")]
    [InlineData("/first/directory", "/first", "permission denied")]
    [InlineData("/first/interpreter", "/first", "no such file or directory")]
    [InlineData("/first/format", "/first", "exec format error")]
    [InlineData("/loop", "/first", "too many levels of symbolic links")]
    public async Task WhatCannotBeExecutedIsRefused(string name, string path, string expected)
    {
        using var bundle = await CreateAsync(name, path);
        var result = await RunAsync(bundle);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, result.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.False(Directory.Exists(bundle["state"]) && Directory.EnumerateFileSystemEntries(bundle["state"]).Any(), "state was left");
    }

    private static async Task<RootBundle> CreateAsync(string name, string? path)
    {
        var bundle = await RootBundle.CreateAsync();
        Script(bundle, "second/one", "second");
        Script(bundle, "second/two", "second");
        Script(bundle, "second/directory", "second");
        Script(bundle, "work/one", "working directory");
        Script(bundle, "work/sub/one", "below");
        Script(bundle, "usr/bin/one", "default");
        bundle.Folder("rootfs/first/directory");
        bundle.Write("rootfs/first/two", "#!/bin/sh\necho not executable");
        bundle.Write("rootfs/first/plain", "#!/bin/sh\n");
        Script(bundle, "first/interpreter", "", "#!/nowhere/sh\n");
        Script(bundle, "first/format", "", "\u007fELF nothing");
        File.CreateSymbolicLink(bundle["rootfs/link"], "second/one");
        File.CreateSymbolicLink(bundle["rootfs/loop"], "loop");
        bundle.Spec["process"]!["cwd"] = "/work";
        bundle.Spec["process"]!["args"] = new JsonArray(name);
        bundle.Spec["process"]!["env"] = path is null ? new JsonArray("A=1") : new JsonArray("PATH=" + path);
        return bundle;
    }

    private static void Script(RootBundle bundle, string path, string word, string? text = null)
    {
        bundle.Write("rootfs/" + path, text ?? $"#!/bin/sh\necho {word}\n");
        File.SetUnixFileMode(bundle["rootfs/" + path], (UnixFileMode)0b111_101_101);
    }

    private static async Task<ToolRunner.Result> RunAsync(RootBundle bundle)
    {
        await File.WriteAllTextAsync(bundle["config.json"], bundle.Spec.ToJsonString());
        return await ToolRunner.RunAsync(await PublishedRuntime.PathAsync, "--root", bundle["state"], "run", "--bundle", bundle[""], MountInfoText.ContainerPrefix + Guid.NewGuid().ToString("N"));
    }
}
