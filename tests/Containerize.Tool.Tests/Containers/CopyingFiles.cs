using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary><c>cp</c> by docker's rules, to and from containers that run and that do not.</summary>
public sealed class CopyingFiles(LocalMachine machine) : IClassFixture<LocalMachine>
{
    // From a folder with file, folder/inner, link -> file, clash/folder (a file), into one with there/, taken/folder/, old, tolink -> old, todir -> there and
    // dangling -> there/made: what is new or other than before.
    private static readonly (string Source, string Target, string Then)[] Cases =
    [
        ("file", "new", "new(4)"),
        ("file", "new/", "CTZ5051"),
        ("file", "there", "there/file(4)"),
        ("file", "there/", "there/file(4)"),
        ("file", "old", "old(4)"),
        ("file", "old/", "CTZ5051"),
        ("file", "tolink", "old(4)"),
        ("file", "dangling", "there/made(4)"),
        ("file", "absent/new", "CTZ5050"),
        ("folder", "new", "new/, new/inner(5)"),
        ("folder", "new/", "new/, new/inner(5)"),
        ("folder", "there", "there/folder/, there/folder/inner(5)"),
        ("folder", "old", "CTZ5051"),
        ("folder", "todir", "there/folder/, there/folder/inner(5)"),
        ("folder/.", "new", "new/, new/inner(5)"),
        ("folder/.", "there", "there/inner(5)"),
        ("folder/", "there", "there/folder/, there/folder/inner(5)"),
        ("link", "new", "new -> file"),
        ("-L link", "new", "new(4)"),
        ("-L link", "there", "there/link(4)"),
        ("file/", "new", "CTZ5050"),
        ("absent", "new", "CTZ5050"),
        ("folder", "taken", "taken/folder/inner(5)"),
        ("clash/.", "taken", "CTZ5007"),
    ];

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TheRulesAreDockers(bool running)
    {
        LocalMachine.Require();
        using var folder = new TemporaryFolder();
        Fill(folder);
        var name = running ? "rules-up" : "rules-down";
        string[] begin = running ? ["run", "-d"] : ["create"];
        await machine.RunAsync([.. begin, "--name", name, "--network", "none", LocalMachine.Image, "sh", "-c", "while :; do sleep 1; done"]);
        (await machine.RunAsync("cp", folder["cases"], $"{name}:/")).Succeeded();
        var results = new List<string>();
        for (var i = 0; i < Cases.Length; i++)
        {
            var words = Cases[i].Source.Split(' ');
            results.Add((await machine.RunAsync(["cp", "-q", .. words[..^1], $"{folder.Path}/{words[^1]}", $"{name}:/cases/{i}/{Cases[i].Target}"])).Errors);
        }

        await machine.RunToFileAsync(folder["out.tar"], "cp", $"{name}:/cases/.", "-");
        var there = await ListAsync(folder["out.tar"]);
        Assert.Equal(
            string.Join('\n', Cases.Select(c => $"{c.Source} -> {c.Target}: {c.Then}")),
            string.Join('\n', Cases.Select((c, i) => $"{c.Source} -> {c.Target}: {results[i].Replace("error ", "", StringComparison.Ordinal).Split(':')[0]}{string.Join(", ", there[i])}")));
    }

    [SkippableFact]
    public async Task OutOfAContainerTheyAreTheSame()
    {
        LocalMachine.Require();
        using var folder = new TemporaryFolder();
        Fill(folder);
        await machine.RunAsync("create", "--name", "rules-out", "--network", "none", LocalMachine.Image, "true");
        (await machine.RunAsync("cp", folder.Path, "rules-out:/from")).Succeeded();
        var results = new List<string>();
        for (var i = 0; i < Cases.Length; i++)
        {
            var words = Cases[i].Source.Split(' ');
            File.Delete(folder[$"cases/{i}/todir"]);
            File.CreateSymbolicLink(folder[$"cases/{i}/todir"], "there");
            results.Add((await machine.RunAsync(["cp", "-q", .. words[..^1], $"rules-out:/from/{words[^1]}", folder[$"cases/{i}/"] + Cases[i].Target])).Errors);
        }

        (await ToolRunner.RunAsync("tar", "-C", folder["cases"], "--sort=name", "-cf", folder["out.tar"], ".")).Succeeded();
        var there = await ListAsync(folder["out.tar"]);
        Assert.Equal(
            string.Join('\n', Cases.Select(c => $"{c.Source} -> {c.Target}: {c.Then}")),
            string.Join('\n', Cases.Select((c, i) => $"{c.Source} -> {c.Target}: {results[i].Replace("error ", "", StringComparison.Ordinal).Split(':')[0]}{string.Join(", ", there[i])}")));
    }

    [SkippableFact]
    public async Task WhatIsNotThereIsToBeLookedForWhereItWouldBe()
    {
        LocalMachine.Require();
        using var folder = new TemporaryFolder();
        await machine.RunAsync("create", "--name", "absent", "--network", "none", LocalMachine.Image, "true");
        var here = await machine.RunAsync("cp", "nosuch.txt", "absent:/");
        Assert.Equal(
            "error CTZ5050: finding nosuch.txt: no such file or directory. See what is there: a relative path on this machine begins in the current folder.\n", here.Errors);
        var there = await machine.RunAsync("cp", "absent:/nosuch.txt", folder.Path);
        Assert.Equal("error CTZ5050: finding absent:/nosuch.txt: no such file or directory. See what is there: paths in a container begin at its root.\n", there.Errors);
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
        var script = $"mkdir -p /a/way; echo mine > /a/way/file; cd /a; while :; do mv way real; ln -s {folder["secret"]} way; rm way; mv real way; done";
        await machine.RunAsync("run", "-d", "--name", "swapper", "--network", "none", LocalMachine.Image, "sh", "-c", script);
        for (var i = 0; i < 8; i++)
        {
            await machine.RunAsync("cp", folder["in/way"] + "/.", "swapper:/a/way");
            await machine.RunAsync("cp", folder["in/way"], "swapper:/a");
            Directory.CreateDirectory(folder[$"out{i}"]);
            await machine.RunAsync("cp", "swapper:/a/way/file", folder[$"out{i}"]);
            await machine.RunAsync("cp", "-L", "swapper:/a/way", folder[$"out{i}"]);
        }

        Assert.Equal(["file"], Directory.GetFileSystemEntries(folder["secret"]).Select(Path.GetFileName));
        Assert.Equal("of the host", File.ReadAllText(folder["secret/file"]));
        // A link may have come here, as a link; what it leads to may not.
        var plain = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var file in Directory.EnumerateFiles(folder.Path, "file", plain).Where(f => f.Contains("/out", StringComparison.Ordinal)))
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
        for (var i = 0; i < Cases.Length; i++)
        {
            Directory.CreateDirectory(folder[$"cases/{i}/there"]);
            Directory.CreateDirectory(folder[$"cases/{i}/taken/folder"]);
            File.WriteAllText(folder[$"cases/{i}/old"], "old");
            File.CreateSymbolicLink(folder[$"cases/{i}/tolink"], "old");
            // In the container's root, where ours has nothing of that name.
            File.CreateSymbolicLink(folder[$"cases/{i}/todir"], $"/cases/{i}/there");
            File.CreateSymbolicLink(folder[$"cases/{i}/dangling"], "there/made");
        }
    }

    // Kind, size and name of each, by the case's number, without what was there from the beginning.
    private static async Task<List<string>[]> ListAsync(string tar)
    {
        string[] before = ["", "there/", "taken/", "taken/folder/", "old(3)", "tolink -> old", "dangling -> there/made"];
        var all = Cases.Select(_ => new List<string>()).ToArray();
        foreach (var line in (await ToolRunner.RunAsync("tar", "-tvf", tar)).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var path = string.Join(' ', fields[5..]);
            path = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
            var slash = path.IndexOf('/', StringComparison.Ordinal);
            var text = path[(slash + 1)..] + (fields[0][0] == '-' ? $"({fields[2]})" : "");
            if (slash > 0 && !before.Contains(text) && !text.StartsWith("todir -> ", StringComparison.Ordinal))
            {
                all[int.Parse(path[..slash], System.Globalization.CultureInfo.InvariantCulture)].Add(text);
            }
        }

        return all;
    }
}
