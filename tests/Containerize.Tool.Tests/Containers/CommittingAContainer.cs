using System.Text.Json;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary><c>commit</c>: an image of a container, read by other people's tools and run again.</summary>
public sealed class CommittingAContainer(LocalMachine machine) : IClassFixture<LocalMachine>
{
    private const string Changes =
        """
        echo new > /etc/new
        /bin/busybox chown 12:34 /etc/new
        /bin/busybox chmod 4711 /etc/new
        /bin/busybox touch -d '2001-02-03 04:05:06' /etc/new
        /bin/busybox ln /etc/new /etc/second
        /bin/busybox ln -s /etc/new /etc/link
        /bin/busybox mkfifo /tmp/fifo
        /bin/busybox rm /bin/seq
        /bin/busybox rm -r /root && /bin/busybox mkdir /root && echo mine > /root/file
        """;

    [SkippableFact]
    public async Task ItRunsAgainAsItWas()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "--name", "original", "--network", "none", LocalMachine.Image, "sh", "-c", Changes);
        (await machine.RunAsync("commit", "original", "again:1")).Succeeded();
        var result = await machine.RunAsync(
            "run", "--rm", "--network", "none", "again:1", "sh", "-c", "ls -ln /etc/new /etc/second /etc/link /tmp /root | /bin/busybox sed 's/  */ /g'; ls /bin/seq; cat /etc/hosts | head -1");
        Assert.Contains("-rws--x--x 2 12 34 4 Feb 3 2001 /etc/new\n-rws--x--x 2 12 34 4 Feb 3 2001 /etc/second\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("/etc/link -> /etc/new\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("ls: /bin/seq: No such file or directory", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("resolv.conf", (await machine.RunAsync("diff", "original")).Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task OthersReadIt()
    {
        LocalMachine.Require();
        ToolRunner.Require("umoci");
        ToolRunner.Require("skopeo");
        using var folder = new TemporaryFolder();
        await machine.RunAsync("run", "--name", "read", "--network", "none", LocalMachine.Image, "sh", "-c", Changes);
        var digest = (await machine.RunAsync("commit", "-a", "Somebody", "-m", "a remark", "read", "read:1")).Succeeded().Trim();
        (await machine.RunAsync("copy", "local:read:1", $"oci:{folder["layout"]}:read")).Succeeded();
        Assert.Contains(digest, (await ToolRunner.RunAsync("skopeo", "inspect", $"oci:{folder["layout"]}:read")).Succeeded(), StringComparison.Ordinal);
        (await ToolRunner.RunAsync("umoci", "raw", "unpack", "--image", $"{folder["layout"]}:read", folder["unpacked"])).Succeeded();
        Assert.Equal(
            "12:34 4711 2 981173106\n",
            (await ToolRunner.RunAsync("stat", "-c", "%u:%g %a %h %Y", folder["unpacked/etc/new"])).Output);
        Assert.False(Path.Exists(folder["unpacked/bin/seq"]));
        Assert.Equal(["file"], Directory.GetFileSystemEntries(folder["unpacked/root"]).Select(Path.GetFileName));
        // What the engine mounts upon is in no layer.
        Assert.False(Path.Exists(folder["unpacked/etc/hosts"]) || Path.Exists(folder["unpacked/proc"]) || Path.Exists(folder["unpacked/dev"]));
    }

    [SkippableFact]
    public async Task PodmanRunsIt()
    {
        LocalMachine.Require();
        ToolRunner.Require("podman");
        using var folder = new TemporaryFolder();
        await machine.RunAsync("run", "--name", "shipped", "--network", "none", LocalMachine.Image, "sh", "-c", "echo shipped > /etc/new; /bin/busybox rm /bin/seq");
        (await machine.RunAsync("commit", "-c", """CMD ["cat", "/etc/new"]""", "shipped", "shipped:1")).Succeeded();
        (await machine.RunAsync("save", "shipped:1", "-o", folder["image.tar"])).Succeeded();
        var podman = new[] { "--root", folder["podman"], "--runroot", folder["run"], "--storage-driver", "vfs" };
        try
        {
            (await ToolRunner.RunAsync("podman", [.. podman, "load", "-i", folder["image.tar"]])).Succeeded();
            var container = (await ToolRunner.RunAsync("podman", [.. podman, "create", "shipped:1"])).Succeeded().Trim();
            var mounted = (await ToolRunner.RunAsync("podman", [.. podman, "mount", container])).Succeeded().Trim();
            Assert.Equal("shipped\n", File.ReadAllText(mounted + "/etc/new"));
            Assert.False(Path.Exists(mounted + "/bin/seq"));
        }
        finally
        {
            await ToolRunner.RunAsync("podman", [.. podman, "rm", "-af"]);
            await ToolRunner.RunAsync("podman", [.. podman, "rmi", "-af"]);
        }
    }

    [SkippableFact]
    public async Task TheConfigurationIsTheContainersWithChanges()
    {
        LocalMachine.Require();
        using var folder = new TemporaryFolder();
        await machine.RunAsync("create", "--name", "changed", "--network", "none", "-e", "OF_CONTAINER=yes", "-u", "1654", LocalMachine.Image, "sh", "-c", "true");
        string[] changes =
        [
            "ENV A=1 B=\"two words\"", "ENV PATHS $FROM_IMAGE:more", "LABEL a.b=\"c d\" e=f", "EXPOSE 80 53/udp 8000-8001", "VOLUME [\"/data\"]", "VOLUME /one /two",
            "WORKDIR /srv", "WORKDIR below", "USER app", "STOPSIGNAL SIGQUIT", "ENTRYPOINT [\"/bin/env\"]", "ONBUILD RUN true",
            "HEALTHCHECK --interval=5s --retries=2 CMD true",
        ];
        (await machine.RunAsync(["commit", .. changes.SelectMany(c => (string[])["-c", c]), "changed", "changed:1"])).Succeeded();
        using var inspected = JsonDocument.Parse((await machine.RunAsync("inspect", "changed:1", "--format", "json")).Succeeded());
        Assert.Equal(
            """{"User":"app","ExposedPorts":{"53/udp":{},"80/tcp":{},"8000/tcp":{},"8001/tcp":{}},"Env":["FROM_IMAGE=yes","OF_CONTAINER=yes","A=1","B=two words","PATHS=yes:more"],"Entrypoint":["/bin/env"],"Volumes":{"/data":{},"/kept":{},"/one":{},"/two":{}},"WorkingDir":"/srv/below","Labels":{"a.b":"c d","e":"f"},"StopSignal":"SIGQUIT","Healthcheck":{"Test":["CMD-SHELL","true"],"Interval":5000000000,"Retries":2},"OnBuild":["RUN true"]}""",
            Config(inspected.RootElement));
        var wrong = await machine.RunAsync("commit", "-c", "RUN true", "changed");
        Assert.Contains("CTZ5020", wrong.Errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task WhatRunsIsPausedMeanwhileAndGoesOn()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "busy", "--network", "none", LocalMachine.Image, "sh", "-c", "while :; do echo x >> /tmp/file; done");
        (await machine.RunAsync("commit", "busy", "busy:1")).Succeeded();
        Assert.Contains("running", (await machine.RunAsync("ps", "--filter", "name=busy", "--format", "{{.State}}")).Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task TheSameChangesGiveTheSameLayer()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "--name", "twice", "--network", "none", LocalMachine.Image, "sh", "-c", Changes);
        var layers = new List<string>();
        foreach (var tag in (string[])["twice:1", "twice:2"])
        {
            await machine.RunAsync("commit", "twice", tag);
            using var manifest = JsonDocument.Parse((await machine.RunAsync("manifest", "local:" + tag)).Succeeded());
            layers.Add(manifest.RootElement.GetProperty("layers")[1].GetProperty("digest").GetString()!);
        }

        Assert.Equal(layers[0], layers[1]);
    }

    [SkippableFact]
    public async Task ADirectoryInAnothersPlaceHidesThat()
    {
        LocalMachine.Require();
        ToolRunner.Require("umoci");
        using var folder = new TemporaryFolder();
        await machine.RunAsync("run", "--name", "below", "--network", "none", LocalMachine.Image, "sh", "-c", "/bin/busybox mkdir -p /opt/deep; echo x | /bin/busybox tee /opt/old /opt/deep/file");
        (await machine.RunAsync("commit", "below", "below:1")).Succeeded();
        await machine.RunAsync("run", "--name", "above", "--network", "none", "below:1", "sh", "-c", "/bin/busybox rm -r /opt; /bin/busybox mkdir -p /opt/deep; echo y > /opt/new");
        Assert.Equal("C /opt\nC /opt/deep\nD /opt/deep/file\nA /opt/new\nD /opt/old\n", (await machine.RunAsync("diff", "above")).Succeeded());
        (await machine.RunAsync("commit", "above", "above:1")).Succeeded();
        Assert.Equal("deep\nnew\n", (await machine.RunAsync("run", "--rm", "--network", "none", "above:1", "ls", "/opt")).Succeeded());
        (await machine.RunAsync("copy", "local:above:1", $"oci:{folder["layout"]}:above")).Succeeded();
        (await ToolRunner.RunAsync("umoci", "raw", "unpack", "--image", $"{folder["layout"]}:above", folder["unpacked"])).Succeeded();
        Assert.Equal(
            ["deep", "new"],
            Directory.GetFileSystemEntries(folder["unpacked/opt"], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder["unpacked/opt"], f)).Order(StringComparer.Ordinal));
    }

    private static string Config(JsonElement element)
    {
        var found = Find(element, "Entrypoint")!.Value;
        return JsonSerializer.Serialize(found);
    }

    // The object that has a name, wherever it is.
    private static JsonElement? Find(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.Object => element.TryGetProperty(name, out _) ? element : element.EnumerateObject().Select(p => Find(p.Value, name)).FirstOrDefault(f => f is not null),
        JsonValueKind.Array => element.EnumerateArray().Select(e => Find(e, name)).FirstOrDefault(f => f is not null),
        _ => null,
    };
}
