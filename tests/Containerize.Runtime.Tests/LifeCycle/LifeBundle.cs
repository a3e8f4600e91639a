using System.Text.Json.Nodes;
using Containerize.Runtime.Cgroups;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>A bundle, a runtime, and the containers that it makes: they are gone when this is disposed, whatever state they are in.</summary>
internal sealed class LifeBundle : IDisposable
{
    /// <summary>What the container does unless a test says otherwise: wait.</summary>
    public static readonly string[] Waiting = ["/bin/busybox", "sleep", "300"];

    private readonly RootBundle _bundle;
    private readonly string _runtime;
    private int _calls;

    private LifeBundle(RootBundle bundle, string runtime)
    {
        _bundle = bundle;
        _runtime = runtime;
    }

    /// <summary>The configuration, to be changed and then saved.</summary>
    public JsonNode Spec => _bundle.Spec;

    /// <summary>The bundle's directory.</summary>
    public string Folder => Path.GetDirectoryName(_bundle["config.json"])!;

    /// <summary>Where the containers' state is.</summary>
    public string Root => _bundle["state"];

    /// <summary>The runtime's executable.</summary>
    public string Runtime => _runtime;

    /// <summary>A path in the bundle.</summary>
    public string this[string relative] => _bundle[relative];

    /// <summary>A bundle for our runtime, or for another one, whose container waits.</summary>
    public static async Task<LifeBundle> CreateAsync(string? runtime = null)
    {
        var bundle = new LifeBundle(await RootBundle.CreateAsync(), runtime ?? await PublishedRuntime.PathAsync);
        bundle.Program(Waiting);
        return bundle;
    }

    /// <summary>A new container id.</summary>
    public static string NewId() => "containerize-test-" + Guid.NewGuid().ToString("N");

    /// <summary>Says what the container runs.</summary>
    public void Program(params string[] arguments)
    {
        Spec["process"]!["args"] = new JsonArray([.. arguments.Select(argument => (JsonNode)argument)]);
        Save();
    }

    /// <summary>Says that the container runs a shell script.</summary>
    public void Script(string script) => Program("/bin/sh", "-c", script);

    /// <summary>Sets a part of the configuration, named as in /process/cwd, to a JSON text; empty: takes it away. A - adds to an array.</summary>
    public void Set(string path, string json)
    {
        var names = path.TrimStart('/').Split('/');
        var node = Spec;
        foreach (var name in names[..^1])
        {
            node = node is JsonArray array ? array[int.Parse(name)]! : node[name] ??= new JsonObject();
        }

        if (names[^1] == "-")
        {
            node.AsArray().Add(JsonNode.Parse(json));
        }
        else if (json.Length == 0)
        {
            node.AsObject().Remove(names[^1]);
        }
        else
        {
            node[names[^1]] = JsonNode.Parse(json);
        }

        Save();
    }

    /// <summary>Adds capabilities to all sets.</summary>
    public void Allow(params string[] capabilities)
    {
        _bundle.Allow(capabilities);
        Save();
    }

    /// <summary>Writes the configuration.</summary>
    public void Save() => Write("config.json", Spec.ToJsonString());

    /// <summary>Writes a file in the bundle; gives its path.</summary>
    public string Write(string relative, string text) => _bundle.Write(relative, text);

    /// <summary>Writes a program that the host can execute; gives its path.</summary>
    public string WriteProgram(string relative, string script)
    {
        var path = Write(relative, "#!/bin/sh\n" + script);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    /// <summary>Makes a directory in the bundle.</summary>
    public string MakeFolder(string relative) => _bundle.Folder(relative);

    /// <summary>Calls the runtime below our root.</summary>
    public Task<ToolRunner.Result> CallAsync(params string[] arguments) => CallBareAsync(["--root", Root, .. arguments]);

    /// <summary>Calls the runtime with nothing added.</summary>
    public Task<ToolRunner.Result> CallBareAsync(params string[] arguments) => CallInShellAsync("exec \"$@\"", [_runtime, .. arguments]);

    /// <summary>Runs a shell script on the host, in the bundle, with arguments.</summary>
    /// <remarks>Output goes to files, as a container keeps what it inherits open: a pipe of ours would not end before it.</remarks>
    public async Task<ToolRunner.Result> CallInShellAsync(string script, params string[] arguments)
    {
        var output = _bundle[$"output-{Interlocked.Increment(ref _calls)}"];
        var result = await ToolRunner.RunAsync("sh", ["-c", $"cd '{Folder}'; exec >'{output}' 2>'{output}.errors' </dev/null; {script}", "sh", .. arguments]);
        return result with { Output = await File.ReadAllTextAsync(output), Errors = await File.ReadAllTextAsync(output + ".errors") };
    }

    /// <summary>Creates a container; gives its id.</summary>
    public async Task<string> CreateContainerAsync()
    {
        var id = NewId();
        (await CallAsync("create", "--bundle", Folder, id)).Succeeded();
        return id;
    }

    /// <summary>Creates and starts a container; gives its id.</summary>
    public async Task<string> StartContainerAsync()
    {
        var id = await CreateContainerAsync();
        (await CallAsync("start", id)).Succeeded();
        return id;
    }

    /// <summary>What the runtime says of a container.</summary>
    public async Task<JsonNode> StateAsync(string id) => JsonNode.Parse((await CallAsync("state", id)).Succeeded())!;

    /// <summary>The word for a container's state; absent where the runtime knows of none.</summary>
    public async Task<string> StatusAsync(string id) =>
        await CallAsync("state", id) is { ExitCode: 0 } result ? JsonNode.Parse(result.Output)!["status"]!.GetValue<string>() : "absent";

    /// <summary>Waits until a container has stopped.</summary>
    public Task AwaitStoppedAsync(string id) => WaitAsync(async () => await StatusAsync(id) == "stopped", $"{id} has not stopped");

    /// <summary>Waits until something is so; fails after some seconds.</summary>
    public static async Task WaitAsync(Func<Task<bool>> isSo, string otherwise)
    {
        for (var attempt = 0; attempt < 400; attempt++)
        {
            if (await isSo())
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException(otherwise);
    }

    /// <summary>What is left of a container, or of all of this bundle where there is none: directories, cgroups, mounts, processes; a line each.</summary>
    public string Remains(string? id = null)
    {
        var remains = new List<string>();
        if (Directory.Exists(Root))
        {
            remains.AddRange(Directory.GetFileSystemEntries(Root).Where(entry => id is null || Path.GetFileName(entry) == id));
        }

        if (id is not null)
        {
            remains.AddRange(CgroupHierarchies.Find().All.Select(hierarchy => hierarchy.Absolute(CgroupPath.Of(null, id).In(hierarchy))).Where(Directory.Exists));
        }

        // Whoever has the root among its mounts is in the container, or has leaked it.
        remains.AddRange(id is null ? ProcessesWith(Path.GetFileName(Folder) + "/rootfs") : []);
        return string.Join('\n', remains);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var directory in Directory.Exists(Root) ? Directory.GetDirectories(Root) : [])
        {
            ToolRunner.RunAsync(_runtime, "--root", Root, "delete", "--force", Path.GetFileName(directory)).GetAwaiter().GetResult();
        }

        _bundle.Dispose();
    }

    private static IEnumerable<string> ProcessesWith(string mount)
    {
        foreach (var process in Directory.GetDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            var found = false;
            try
            {
                found = File.ReadAllText(process + "/mountinfo").Contains(mount, StringComparison.Ordinal);
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }

            if (found)
            {
                yield return process;
            }
        }
    }
}
