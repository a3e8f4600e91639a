using System.Text.Json.Nodes;
using Containerize.Runtime.Cgroups;
using Containerize.Testing;

namespace Containerize.Runtime.Tests.Cgroups;

/// <summary>A container that runc has created and not started; gone when disposed.</summary>
internal sealed class RuncContainer : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _id = $"containerize-test-{Guid.NewGuid():N}";

    private RuncContainer()
    {
    }

    /// <summary>The cgroup's path by controller, from runc's state.</summary>
    public IReadOnlyDictionary<string, string> Paths { get; private set; } = new Dictionary<string, string>();

    /// <summary>Creates it.</summary>
    /// <exception cref="InvalidOperationException">runc refuses.</exception>
    public static async Task<RuncContainer> CreateAsync(JsonNode resources)
    {
        var container = new RuncContainer();
        try
        {
            await container.CreateItAsync(resources);
            return container;
        }
        catch
        {
            container.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // runc leaves the directory above the container's, and sometimes that one too, as what it has killed takes its time.
        ToolRunner.RunAsync("runc", "--root", _folder["state"], "delete", "--force", _id).GetAwaiter().GetResult();
        foreach (var path in Directory.GetDirectories("/sys/fs/cgroup", "*").Append("/sys/fs/cgroup").Select(top => $"{top}/{_id}").Where(Directory.Exists))
        {
            CgroupRemoval.TryRemove(path, File.Exists($"{path}/cgroup.controllers") ? CgroupVersion.Two : CgroupVersion.One, Environment.TickCount64 + 5000);
        }

        _folder.Dispose();
    }

    private async Task CreateItAsync(JsonNode resources)
    {
        var busybox = ToolRunner.Find("busybox")!;
        _folder.Folder("rootfs/bin");
        File.Copy(busybox, _folder["rootfs/bin/busybox"]);
        (await ToolRunner.RunAsync("runc", "spec", "--bundle", _folder.Path)).Succeeded();
        var spec = JsonNode.Parse(await File.ReadAllTextAsync(_folder["config.json"]))!;
        spec["process"]!["terminal"] = false;
        spec["process"]!["args"] = new JsonArray("/bin/busybox", "sleep", "300");
        spec["linux"]!["cgroupsPath"] = $"/{_id}/inner";
        spec["linux"]!["resources"] = resources.DeepClone();
        await File.WriteAllTextAsync(_folder["config.json"], spec.ToJsonString());

        // The container keeps what it inherits open: a pipe of ours would never end.
        (await ToolRunner.RunAsync("sh", "-c",
            $"runc --root {_folder["state"]} create --bundle {_folder.Path} {_id} </dev/null >/dev/null 2>{_folder["errors"]} || {{ cat {_folder["errors"]} >&2; exit 1; }}"))
            .Succeeded();
        var state = JsonNode.Parse(await File.ReadAllTextAsync(_folder[$"state/{_id}/state.json"]))!;
        Paths = state["cgroup_paths"]!.AsObject().ToDictionary(p => p.Key, p => p.Value!.GetValue<string>());
    }
}
