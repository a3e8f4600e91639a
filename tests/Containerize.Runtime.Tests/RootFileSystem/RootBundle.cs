using System.Text.Json.Nodes;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.RootFileSystem;

/// <summary>A bundle whose root has busybox and nothing else, with the configuration that `runc spec` writes; run as root.</summary>
internal sealed class RootBundle : IDisposable
{
    private const int MappedRoot = 100000;
    private readonly TemporaryFolder _folder = new();
    private bool _isMapped;

    private RootBundle(JsonNode spec)
    {
        Spec = spec;
    }

    /// <summary>The configuration, to be changed.</summary>
    public JsonNode Spec { get; private set; }

    /// <summary>A path in the bundle.</summary>
    public string this[string relative] => _folder[relative];

    /// <summary>A directory of the host's that no container may touch.</summary>
    public string Host => _folder.Folder("host");

    /// <summary>Makes one.</summary>
    public static async Task<RootBundle> CreateAsync()
    {
        ToolRunner.Require("runc");
        ToolRunner.Require("busybox");
        Skip.IfNot(Environment.UserName == "root", "only root makes containers without a user namespace");
        var bundle = new RootBundle(new JsonObject());
        // Whoever is mapped to root in a user namespace has to get there.
        File.SetUnixFileMode(bundle._folder.Path, (UnixFileMode)0b111_101_101);
        (await ToolRunner.RunAsync("runc", "spec", "--bundle", bundle._folder.Path)).Succeeded();
        bundle.Spec = JsonNode.Parse(await File.ReadAllTextAsync(bundle["config.json"]))!;
        bundle.Spec["process"]!["terminal"] = false;
        bundle.RenewRoot();
        return bundle;
    }

    /// <summary>Empties the root: the next run finds nothing of the last.</summary>
    public void RenewRoot()
    {
        if (Directory.Exists(this["rootfs"]))
        {
            Directory.Delete(this["rootfs"], recursive: true);
        }

        _folder.Folder("rootfs/bin");
        File.Copy(ToolRunner.Find("busybox")!, this["rootfs/bin/busybox"]);
        foreach (var name in (string[])["sh", "cat", "ls", "mount", "umount", "stat", "find", "sort", "mkdir", "mknod", "touch", "readlink", "id", "dd", "rm", "cp", "sed", "tty"])
        {
            File.CreateSymbolicLink(this["rootfs/bin/" + name], "busybox");
        }

        if (_isMapped)
        {
            Chown();
        }
    }

    /// <summary>Gives the container a user namespace, whose root owns the root filesystem from now on.</summary>
    public void MapUsers()
    {
        Spec["linux"]!["namespaces"]!.AsArray().Add(new JsonObject { ["type"] = "user" });
        Spec["linux"]!["uidMappings"] = JsonNode.Parse($$"""[{"containerID":0,"hostID":{{MappedRoot}},"size":65536}]""");
        Spec["linux"]!["gidMappings"] = Spec["linux"]!["uidMappings"]!.DeepClone();
        _isMapped = true;
        Chown();
    }

    /// <summary>Makes a directory in the bundle.</summary>
    public string Folder(string relative) => _folder.Folder(relative);

    /// <summary>Writes a file in the bundle.</summary>
    public string Write(string relative, string text) => _folder.Write(relative, text);

    /// <summary>Adds a mount.</summary>
    public void Mount(string destination, string type, string source, params string[] options) =>
        Spec["mounts"]!.AsArray().Add(new JsonObject
        {
            ["destination"] = destination,
            ["type"] = type,
            ["source"] = source,
            ["options"] = new JsonArray([.. options.Select(option => (JsonNode)option)]),
        });

    /// <summary>Takes the mount at a place away.</summary>
    public void Unmount(string destination)
    {
        var mounts = Spec["mounts"]!.AsArray();
        mounts.Remove(mounts.Single(mount => mount!["destination"]!.GetValue<string>() == destination));
    }

    /// <summary>Adds capabilities to all sets.</summary>
    public void Allow(params string[] capabilities)
    {
        foreach (var set in (string[])["bounding", "effective", "permitted", "inheritable", "ambient"])
        {
            if (Spec["process"]!["capabilities"]![set] is JsonArray array)
            {
                foreach (var capability in capabilities)
                {
                    array.Add((JsonNode)capability);
                }
            }
        }
    }

    /// <summary>Runs a shell script in the container with our runtime.</summary>
    public async Task<ToolRunner.Result> RunAsync(string script, params string[] options) => await RunWithAsync([await PublishedRuntime.PathAsync], script, options);

    /// <summary>Runs a shell script in the container with runc.</summary>
    public Task<ToolRunner.Result> RunWithRuncAsync(string script, params string[] options) => RunWithAsync(["runc"], script, options);

    /// <summary>Runs a shell script in the container with crun, without a cgroup, where it does not see that the host has both versions: it refuses such.</summary>
    public Task<ToolRunner.Result> RunWithCrunAsync(string script)
    {
        ToolRunner.Require("crun");
        string[] crun = ["unshare", "-m", "sh", "-c", "umount /sys/fs/cgroup/unified 2> /dev/null; exec \"$@\"", "sh", "crun", "--cgroup-manager=disabled"];
        return RunWithAsync(crun, script, []);
    }

    /// <summary>What both give, the root renewed in between; what differs by run is made the same.</summary>
    public async Task<(string Ours, string Runc)> RunBothAsync(string script, Action? prepare = null)
    {
        prepare?.Invoke();
        var runc = await RunWithRuncAsync(script);
        RenewRoot();
        prepare?.Invoke();
        var ours = await RunAsync(script);
        return (Text(ours), Text(runc));
    }

    /// <summary>The host's mounts that have to do with the bundle: other tests mount too.</summary>
    public string MountsOnTheHost() =>
        string.Join('\n', File.ReadAllLines("/proc/self/mountinfo").Where(line => line.Contains(_folder.Path, StringComparison.Ordinal)));

    /// <summary>What a runtime gives for a script in a terminal of its own.</summary>
    public async Task<string> RunInTerminalAsync(string runtime, string script)
    {
        Spec["process"]!["args"] = new JsonArray("/bin/sh", "-c", script);
        await File.WriteAllTextAsync(this["config.json"], Spec.ToJsonString());
        var id = MountInfoText.ContainerPrefix + Guid.NewGuid().ToString("N");
        var result = await ToolRunner.RunInTerminalAsync($"{runtime} --root {this["state"]} run --bundle {_folder.Path} {id}");
        return MountInfoText.Normalise(result.Output);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private void Chown() => ToolRunner.RunAsync("chown", "-R", $"{MappedRoot}:{MappedRoot}", this["rootfs"]).GetAwaiter().GetResult().Succeeded();

    private static string Text(ToolRunner.Result result) => $"exit code {result.ExitCode}\n{MountInfoText.Normalise(result.Output)}{result.Errors}";

    private async Task<ToolRunner.Result> RunWithAsync(string[] runtime, string script, string[] options)
    {
        Spec["process"]!["args"] = new JsonArray("/bin/sh", "-c", script);
        await File.WriteAllTextAsync(this["config.json"], Spec.ToJsonString());
        return await ToolRunner.RunAsync(
            runtime[0],
            [.. runtime[1..], "--root", _folder["state"], "run", "--bundle", _folder.Path, .. options, MountInfoText.ContainerPrefix + Guid.NewGuid().ToString("N")]);
    }
}
