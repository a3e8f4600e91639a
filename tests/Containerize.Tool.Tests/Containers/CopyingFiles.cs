using System.Text;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary><c>cp</c> by docker's rules, to and from containers that run and that do not.</summary>
public sealed class CopyingFiles(LocalMachine machine) : IClassFixture<LocalMachine>
{
    // "SRC DST: what then is there", from a folder here that has file, folder/inner, link -> file.
    private static readonly (string Source, string Target)[] Cases =
    [
        ("file", "/new"),
        ("file", "/new/"),
        ("file", "/there"),
        ("file", "/there/"),
        ("file", "/old"),
        ("file", "/old/"),
        ("file", "/tolink"),
        ("file", "/dangling"),
        ("file", "/absent/new"),
        ("folder", "/new"),
        ("folder", "/new/"),
        ("folder", "/there"),
        ("folder", "/old"),
        ("folder", "/todir"),
        ("folder/.", "/new"),
        ("folder/.", "/there"),
        ("folder/", "/there"),
        ("link", "/new"),
        ("-L link", "/new"),
        ("-L link", "/there"),
        ("file/", "/new"),
        ("absent", "/new"),
        ("folder", "/taken"),
        ("clash/.", "/taken"),
    ];

    // What is new or other than before; an error has only its number.
    private const string Expected = """
        TODO
        """;

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheRulesAreDockers(bool running)
    {
        LocalMachine.Require();
        using var folder = new TemporaryFolder();
        Fill(folder);
        var name = running ? "rules-up" : "rules-down";
        await machine.RunAsync("run", "-d", "--name", name, "--network", "none", LocalMachine.Image, "sh", "-c", running ? "while :; do sleep 1; done" : "true");
        if (!running)
        {
            await machine.RunAsync("wait", name);
        }

        var text = new StringBuilder();
        foreach (var (source, target) in Cases)
        {
            // A folder of its own for each: /N is its root.
            var number = $"case{text.ToString().Count(c => c == '\n')}";
            await PrepareAsync(name, number);
            var words = source.Split(' ');
            var result = await machine.RunAsync(["cp", "-q", .. words[..^1], $"{folder.Path}/{words[^1]}", $"{name}:/{number}{target}"]);
            var tar = await machine.RunToFileAsync(folder["out.tar"], "cp", $"{name}:/{number}/.", "-");
            Assert.Equal("", tar.Errors);
            text.Append(source).Append(" -> ").Append(target).Append(": ")
                .Append(result.ExitCode == 0 ? "" : result.Errors.Split(':')[0] + " ")
                .Append(await ListAsync(folder["out.tar"])).Append('\n');
        }

        Assert.Equal(Expected.ReplaceLineEndings("\n"), text.ToString());
    }

    [SkippableFact]
    public async Task WhatComesBackIsWhatWentIn()
    {
        LocalMachine.Require();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["tree/below"]);
        File.WriteAllText(folder["tree/below/text"], "text");
        File.WriteAllText(folder["tree/program"], "#!/bin/sh\n");
        await ToolRunner.RunAsync("sh", "-c", $"cd {folder.Path}/tree && chmod 4750 program && ln below/text second && ln -s /etc/passwd link && mkfifo fifo && chown 12:34 below/text && touch -d 2001-02-03T04:05:06.789 below below/text");
        await machine.RunAsync("create", "--name", "back", "--network", "none", LocalMachine.Image, "true");
        (await machine.RunAsync("cp", "-a", folder["tree"], "back:/tmp")).Succeeded();
        (await machine.RunAsync("cp", "-a", "back:/tmp/tree", folder["back"])).Succeeded();
        Assert.Equal(TreeDump.Of(folder["tree"]), TreeDump.Of(folder["back"]));
        var links = await ToolRunner.RunAsync("stat", "-c", "%h %Y", folder["back/second"], folder["back/below"]);
        Assert.Equal((await ToolRunner.RunAsync("stat", "-c", "%h %Y", folder["tree/second"], folder["tree/below"])).Output, links.Output);
    }

    [SkippableFact]
    public async Task WithoutArchiveOwnersAreThoseOfTheDestination()
    {
        LocalMachine.Require();
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine"], "text");
        await ToolRunner.RunAsync("chown", "12:34", folder["mine"]);
        await machine.RunAsync("create", "--name", "owners", "--network", "none", LocalMachine.Image, "ls", "-ln", "/tmp/plain", "/tmp/kept");
        await machine.RunAsync("cp", folder["mine"], "owners:/tmp/plain");
        await machine.RunAsync("cp", "-a", folder["mine"], "owners:/tmp/kept");
        var listing = (await machine.RunAsync("start", "-a", "owners")).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["12 34", "0 0"], listing.Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2..4])));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task VolumesAndBindsAreThere(bool running)
    {
        LocalMachine.Require();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["bound"]);
        File.WriteAllText(folder["text"], "text");
        var name = running ? "mounts-up" : "mounts-down";
        string[] begin = running ? ["run", "-d"] : ["create"];
        await machine.RunAsync(
        [
            .. begin, "--name", name, "--network", "none", "-v", $"{folder["bound"]}:/bound", "-v", $"{folder["bound"]}:/fixed:ro", "-v", $"of-{name}:/kept", LocalMachine.Image,
            "sh", "-c", "while :; do sleep 1; done",
        ]);
        (await machine.RunAsync("cp", folder["text"], $"{name}:/bound/")).Succeeded();
        Assert.Equal("text", File.ReadAllText(folder["bound/text"]));
        var refused = await machine.RunAsync("cp", folder["text"], $"{name}:/fixed/other");
        Assert.Contains("read-only file system", refused.Errors, StringComparison.Ordinal);
        (await machine.RunAsync("cp", folder["text"], $"{name}:/kept")).Succeeded();
        (await machine.RunAsync("cp", $"{name}:/kept/text", folder["again"])).Succeeded();
        Assert.Equal("text", File.ReadAllText(folder["again"]));
        Assert.Single(Directory.GetFiles(folder["bound"]));
    }

    [SkippableFact]
    public async Task AFileThatIsMountedThereStays()
    {
        LocalMachine.Require();
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["hosts"], "forged");
        await machine.RunAsync("run", "-d", "--name", "hosted", "--network", "none", LocalMachine.Image, "sh", "-c", "while :; do sleep 1; done");
        var refused = await machine.RunAsync("cp", folder["hosts"], "hosted:/etc/hosts");
        Assert.Contains("device or resource busy", refused.Errors, StringComparison.Ordinal);
        var hosts = (await machine.RunAsync("exec", "hosted", "cat", "/etc/hosts")).Succeeded();
        Assert.Contains("localhost", hosts, StringComparison.Ordinal);
        (await machine.RunAsync("cp", "hosted:/etc/hosts", folder["hosts"])).Succeeded();
        Assert.Equal(hosts, File.ReadAllText(folder["hosts"]));
    }

    [SkippableFact]
    public async Task ATarGoesThrough()
    {
        LocalMachine.Require();
        await machine.RunAsync("create", "--name", "from", "--network", "none", LocalMachine.Image, "true");
        await machine.RunAsync("create", "--name", "to", "--network", "none", LocalMachine.Image, "cat", "/tmp/kept/of-the-image");
        (await machine.PipeAsync("cp from:/etc -", "cp - to:/tmp")).Succeeded();
        using var folder = new TemporaryFolder();
        (await machine.RunAsync("cp", "to:/tmp/etc/passwd", folder["passwd"])).Succeeded();
        Assert.Contains("app:x:1654", File.ReadAllText(folder["passwd"]), StringComparison.Ordinal);
        var intoFile = await machine.PipeAsync("cp from:/etc -", "cp - to:/etc/passwd");
        Assert.Contains("CTZ5051", intoFile.Errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task WhoSwapsDirectoriesForLinksLeadsNowhere()
    {
        LocalMachine.Require();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["secret"]);
        File.WriteAllText(folder["secret/file"], "of the host");
        Directory.CreateDirectory(folder["in/way"]);
        File.WriteAllText(folder["in/way/file"], "copied");
        // CVE-2018-15664: "way" is a directory and a link to the host's path in turns, as fast as it goes.
        var script = $"mkdir -p /a/way{folder.Path} /b && echo mine > /a/way/file; ln -s {folder["secret"]} /b/link; cd /a; while :; do mv way real; ln -s {folder["secret"]} way; rm way; mv real way; done";
        await machine.RunAsync("run", "-d", "--name", "swapper", "--network", "none", LocalMachine.Image, "sh", "-c", script);
        for (var i = 0; i < 15; i++)
        {
            await machine.RunAsync("cp", folder["in/way"] + "/.", "swapper:/a/way");
            await machine.RunAsync("cp", folder["in/way"], "swapper:/a");
            Directory.CreateDirectory(folder[$"out{i}"]);
            await machine.RunAsync("cp", "swapper:/a/way/file", folder[$"out{i}"]);
            await machine.RunAsync("cp", "-L", "swapper:/a/way", folder[$"out{i}"]);
        }

        Assert.Equal(["file"], Directory.GetFileSystemEntries(folder["secret"]).Select(Path.GetFileName));
        Assert.Equal("of the host", File.ReadAllText(folder["secret/file"]));
        foreach (var file in Directory.EnumerateFiles(folder.Path, "file", SearchOption.AllDirectories).Where(f => f.Contains("/out", StringComparison.Ordinal)))
        {
            Assert.NotEqual("of the host", File.ReadAllText(file));
        }
    }

    [SkippableFact]
    public async Task LinksInATreeLeadNowhereHere()
    {
        LocalMachine.Require();
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["secret"]);
        Directory.CreateDirectory(folder["out"]);
        await machine.RunAsync("run", "-d", "--name", "linker", "--network", "none", LocalMachine.Image, "sh", "-c", $"mkdir /tmp/tree; ln -s {folder["secret"]} /tmp/tree/way; while :; do sleep 1; done");
        // First the link comes here, then what would go through it.
        await LocalMachine.UntilAsync(async () => (await machine.RunAsync("cp", "linker:/tmp/tree/.", folder["out"])).ExitCode == 0 && new FileInfo(folder["out/way"]).LinkTarget is not null);
        await machine.RunAsync("exec", "linker", "sh", "-c", "rm /tmp/tree/way; mkdir /tmp/tree/way; echo text > /tmp/tree/way/file");
        var result = await machine.RunAsync("cp", "linker:/tmp/tree/.", folder["out"]);
        Assert.Contains("CTZ5007", result.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder["secret"]));
    }

    private static void Fill(TemporaryFolder folder)
    {
        Directory.CreateDirectory(folder["folder"]);
        File.WriteAllText(folder["folder/inner"], "inner");
        File.WriteAllText(folder["file"], "file");
        File.CreateSymbolicLink(folder["link"], "file");
        Directory.CreateDirectory(folder["clash"]);
        File.WriteAllText(folder["clash/folder"], "a file where a directory is");
    }

    // there/ (a directory), old (a file), taken/folder/, taken/... and links.
    private async Task PrepareAsync(string name, string number)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder[$"{number}/there"]);
        Directory.CreateDirectory(folder[$"{number}/taken/folder"]);
        File.WriteAllText(folder[$"{number}/old"], "old");
        File.CreateSymbolicLink(folder[$"{number}/tolink"], "old");
        File.CreateSymbolicLink(folder[$"{number}/todir"], $"/{number}/there");
        File.CreateSymbolicLink(folder[$"{number}/dangling"], "there/made");
        (await machine.RunAsync("cp", "-q", folder[number], $"{name}:/")).Succeeded();
    }

    private static async Task<string> ListAsync(string tar)
    {
        var listing = (await ToolRunner.RunAsync("tar", "-tvf", tar)).Succeeded();
        // Kind, size and name, without what was there from the beginning.
        var lines = listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(f => $"{string.Join(' ', f[5..])}{(f[0][0] == '-' ? $"({f[2]})" : "")}");
        string[] before = ["./", "there/", "taken/", "taken/folder/", "old(3)", "tolink -> old", "dangling -> there/made"];
        return string.Join(", ", lines.Where(l => !before.Contains(l) && !l.StartsWith("todir -> /", StringComparison.Ordinal)));
    }
}
