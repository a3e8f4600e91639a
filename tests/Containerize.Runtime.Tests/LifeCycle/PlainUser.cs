using Containerize.Testing;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>A plain user with further ids, and a bundle made theirs: its container has them all in a user namespace of its own.</summary>
internal sealed class PlainUser
{
    private readonly SubordinateIds _ids = SubordinateIds.Find();

    /// <summary>The user's number.</summary>
    public int Uid => _ids.Uid;

    /// <summary>What a command begins with that is to be theirs.</summary>
    public string Prefix => $"setpriv --reuid {_ids.Uid} --regid {_ids.Uid} --clear-groups";

    /// <summary>Finds one; skips the test where there is none.</summary>
    public static PlainUser Find()
    {
        ToolRunner.Require("setpriv");
        ToolRunner.Require("newuidmap");
        return new();
    }

    /// <summary>Says in a bundle's configuration whose it is.</summary>
    public void Map(LifeBundle bundle)
    {
        bundle.Spec["linux"]!["resources"]!.AsObject().Remove("devices");
        bundle.Set("/linux/namespaces/-", """{"type":"user"}""");
        foreach (var maps in (string[])["uidMappings", "gidMappings"])
        {
            bundle.Set("/linux/" + maps, $$"""[{"containerID":0,"hostID":{{_ids.Uid}},"size":1},{"containerID":1,"hostID":{{_ids.First}},"size":65535}]""");
        }
    }

    /// <summary>Gives them a bundle's directory, with the runtime in it: they may not come where ours is.</summary>
    public async Task GiveAsync(LifeBundle bundle)
    {
        File.Copy(ToolRunner.Find(bundle.Runtime)!, bundle["runtime"]);
        bundle.MakeFolder("state");
        (await ToolRunner.RunAsync("chown", "-R", $"{_ids.Uid}:{_ids.Uid}", bundle.Folder)).Succeeded();
    }
}
