using System.Text.Json.Nodes;
using Xunit;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>Every operation on a container in every state: its exit code, and the state after it.</summary>
public class OperationsInEachState
{
    // As runc 1.1.5 has it; TheTableIsThatOfRunc says so.
    private const string Table = """
        operation       absent       empty        created      running      paused       stopped
        state           1 absent     1 absent     0 created    0 running    0 paused     0 stopped
        start           1 absent     1 absent     0 running    1 running    1 paused     1 stopped
        kill 0          1 absent     1 absent     0 created    0 running    0 paused     1 stopped
        kill KILL       1 absent     1 absent     0 stopped    0 stopped    0 stopped    1 stopped
        kill --all      1 absent     1 absent     0 stopped    0 stopped    0 stopped    0 stopped
        pause           1 absent     1 absent     0 paused     0 paused     1 paused     1 stopped
        resume          1 absent     1 absent     1 created    1 running    0 running    1 stopped
        exec            255 absent   255 absent   0 created    0 running    255 paused   255 stopped
        ps              1 absent     1 absent     0 created    0 running    0 paused     0 stopped
        update          1 absent     1 absent     0 created    0 running    0 paused     1 stopped
        delete          1 absent     1 absent     0 absent     1 running    1 paused     0 absent
        delete --force  0 absent     0 absent     0 absent     0 absent     0 absent     0 absent
        create          0 created    1 absent     1 created    1 running    1 paused     1 stopped
        """;

    private static readonly string[] Operations =
    [
        "state", "start", "kill 0", "kill KILL", "kill --all", "pause", "resume", "exec", "ps", "update", "delete", "delete --force", "create",
    ];

    [SkippableTheory]
    [InlineData("absent")]
    [InlineData("empty")]
    [InlineData("created")]
    [InlineData("running")]
    [InlineData("paused")]
    [InlineData("stopped")]
    public async Task DoWhatTheTableSays(string state)
    {
        using var bundle = await LifeBundle.CreateAsync();
        Assert.Equal(Expected(state), await ColumnAsync(bundle, state));
        Assert.Equal("", bundle.Remains());
    }

    [SkippableTheory]
    [InlineData("absent")]
    [InlineData("empty")]
    [InlineData("created")]
    [InlineData("running")]
    [InlineData("paused")]
    [InlineData("stopped")]
    public async Task TheTableIsThatOfRunc(string state)
    {
        Skip.If(Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") != "1", "slow: set CONTAINERIZE_SLOW_TESTS=1");
        using var bundle = await LifeBundle.CreateAsync("runc");
        Assert.Equal(Expected(state), await ColumnAsync(bundle, state));
    }

    [SkippableFact]
    public async Task StateTellsWhatTheSpecificationAsksFor()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/annotations", """{"org.example.key":"value","empty":""}""");
        var id = LifeBundle.NewId();
        (await bundle.CallInShellAsync("cd ..; exec \"$@\"", bundle.Runtime, "--root", bundle.Root, "create", "--bundle", Path.GetFileName(bundle.Folder), "--pid-file", bundle["pid"], id)).Succeeded();
        var pid = int.Parse(await File.ReadAllTextAsync(bundle["pid"]));
        Assert.Equal($"{id} created {pid} {bundle.Folder} value", await TextAsync());
        (await bundle.CallAsync("start", id)).Succeeded();
        Assert.Equal($"{id} running {pid} {bundle.Folder} value", await TextAsync());
        (await bundle.CallAsync("kill", id, "KILL")).Succeeded();
        await bundle.AwaitStoppedAsync(id);
        Assert.Equal($"{id} stopped 0 {bundle.Folder} value", await TextAsync());
        (await bundle.CallAsync("delete", id)).Succeeded();
        Assert.Equal("", bundle.Remains(id));

        async Task<string> TextAsync()
        {
            var state = await bundle.StateAsync(id);
            Assert.Equal(bundle.Spec["ociVersion"]!.GetValue<string>(), state["ociVersion"]!.GetValue<string>());
            Assert.Equal(bundle["rootfs"], state["rootfs"]!.GetValue<string>());
            Assert.Equal("root", state["owner"]!.GetValue<string>());
            return $"{state["id"]} {state["status"]} {state["pid"]} {state["bundle"]} {state["annotations"]!["org.example.key"]}";
        }
    }

    [SkippableFact]
    public async Task PausedBeforeItIsStartedItCanBeResumedAndStarted()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = await bundle.CreateContainerAsync();
        (await bundle.CallAsync("pause", id)).Succeeded();
        Assert.Equal(1, (await bundle.CallAsync("start", id)).ExitCode);
        (await bundle.CallAsync("resume", id)).Succeeded();
        Assert.Equal("created", await bundle.StatusAsync(id));
        (await bundle.CallAsync("start", id)).Succeeded();
        Assert.Equal("running", await bundle.StatusAsync(id));
    }

    [SkippableFact]
    public async Task ListShowsThemAll()
    {
        using var bundle = await LifeBundle.CreateAsync();
        Assert.Equal("[]\n", (await bundle.CallAsync("list", "--format", "json")).Succeeded());
        string[] ids = [.. new[] { await bundle.StartContainerAsync(), await bundle.CreateContainerAsync() }.Order(StringComparer.Ordinal)];
        bundle.MakeFolder("state/" + LifeBundle.NewId());
        bundle.MakeFolder("state/not an id");
        Assert.Equal(string.Join('\n', ids) + "\n", (await bundle.CallAsync("list", "-q")).Succeeded());
        var list = JsonNode.Parse((await bundle.CallAsync("list", "--format", "json")).Succeeded())!.AsArray();
        Assert.Equal(ids, list.Select(row => row!["id"]!.GetValue<string>()));
        Assert.Equal((await bundle.StateAsync(ids[0])).ToJsonString(), list[0]!.ToJsonString());
        var table = (await bundle.CallAsync("list")).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("ID ", table[0], StringComparison.Ordinal);
        Assert.Equal(ids, table.Skip(1).Select(line => line.Split(' ')[0]));
    }

    // A column of the table: an operation a line, with what comes of it.
    private static string Expected(string state)
    {
        const int Width = 13;
        var lines = Table.Split('\n');
        var column = lines[0].IndexOf(state, StringComparison.Ordinal);
        return string.Join('\n', lines.Skip(1).Select(line => line[..16] + line[column..Math.Min(column + Width, line.Length)].TrimEnd()));
    }

    private static async Task<string> ColumnAsync(LifeBundle bundle, string state)
    {
        var column = new List<string>();
        foreach (var operation in Operations)
        {
            var id = await PrepareAsync(bundle, state);
            var code = (await bundle.CallAsync(Words(bundle, operation, id))).ExitCode;
            if (operation is "kill KILL" or "kill --all" && code == 0)
            {
                await bundle.AwaitStoppedAsync(id);
            }

            column.Add($"{operation,-16}{code} {await bundle.StatusAsync(id)}");
            await bundle.CallAsync("delete", "--force", id);
            if (Directory.Exists(bundle["state/" + id]))
            {
                Directory.Delete(bundle["state/" + id]);
            }
        }

        return string.Join('\n', column);
    }

    private static async Task<string> PrepareAsync(LifeBundle bundle, string state)
    {
        switch (state)
        {
            case "absent":
                return LifeBundle.NewId();
            case "empty":
                return Path.GetFileName(bundle.MakeFolder("state/" + LifeBundle.NewId()));
            case "created":
                return await bundle.CreateContainerAsync();
        }

        var id = await bundle.StartContainerAsync();
        if (state == "paused")
        {
            (await bundle.CallAsync("pause", id)).Succeeded();
        }
        else if (state == "stopped")
        {
            (await bundle.CallAsync("kill", id, "KILL")).Succeeded();
            await bundle.AwaitStoppedAsync(id);
        }

        return id;
    }

    private static string[] Words(LifeBundle bundle, string operation, string id) => operation switch
    {
        "kill 0" => ["kill", id, "0"],
        "kill KILL" => ["kill", id, "KILL"],
        "kill --all" => ["kill", "--all", id, "KILL"],
        "exec" => ["exec", id, "/bin/busybox", "true"],
        "update" => ["update", "--pids-limit", "50", id],
        "delete --force" => ["delete", "--force", id],
        "create" => ["create", "--bundle", bundle.Folder, id],
        _ => [operation, id],
    };
}
