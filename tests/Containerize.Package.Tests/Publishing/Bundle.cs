using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Containerize.Testing;

namespace Containerize.Package.Tests.Publishing;

/// <summary>An image unpacked by umoci and started by runc, which are not ours.</summary>
public sealed class Bundle : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Unpacks an image of a layout.</summary>
    /// <param name="layout">The layout.</param>
    /// <param name="tag">The tag.</param>
    public Bundle(string layout, string tag)
    {
        Skip.IfNot(Shell.Has("umoci") && System.Environment.IsPrivilegedProcess, "umoci is missing, or we are not root");
        Shell.Run("umoci", "unpack", "--image", $"{layout}:{tag}", Path).Succeeded();
    }

    public string Path => _folder["bundle"];

    public string RootFs => System.IO.Path.Combine(Path, "rootfs");

    /// <summary>The folder of the app as it must be by what was published: content, only programs executable, root's, one fixed time.</summary>
    /// <param name="publish">The publish folder.</param>
    /// <param name="programs">The files that are programs.</param>
    public static string Expected(string publish, params string[] programs) =>
        string.Concat(TreeDump.Of(publish, times: false).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            var fields = line.Split(' ', 7);
            fields[1] = fields[0] == "d" || programs.Contains(fields[6]) ? "0755" : "0644";
            fields[2] = "0:0";
            fields[3] = "1970-01-01T00:00:01Z";
            return Normal(fields) + "\n";
        }));

    /// <summary>The folder of the app as it was unpacked.</summary>
    public string Actual(string app = "app") =>
        string.Concat(TreeDump.Of(System.IO.Path.Combine(RootFs, app)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Normal(line.Split(' ', 7)) + "\n"));

    /// <summary>Runs the image's own command to its end.</summary>
    public ShellResult Run(params string[] arguments)
    {
        Skip.IfNot(Shell.Has("runc"), "runc is missing");
        Configure(null, arguments);
        return Shell.RunIn(Path, null, "runc", "--root", _folder["state"], "run", "--bundle", Path, Name);
    }

    /// <summary>Starts a web app, asks it, and stops it; what it answered.</summary>
    public string Ask(string path)
    {
        Skip.IfNot(Shell.Has("runc"), "runc is missing");
        var port = FreePort();
        Configure(port, []);
        using var process = Shell.Start(Path, null, "runc", "--root", _folder["state"], "run", "--bundle", Path, Name);
        try
        {
            return Poll(process, new Uri($"http://127.0.0.1:{port}{path}"));
        }
        finally
        {
            Shell.Run("runc", "--root", _folder["state"], "kill", Name, "KILL");
            process.End(TimeSpan.FromSeconds(30));
            Shell.Run("runc", "--root", _folder["state"], "delete", "--force", Name);
        }
    }

    /// <summary>A port of the loopback that is free now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <inheritdoc />
    public void Dispose() => _folder.Dispose();

    private string Name => "containerize-test-" + System.IO.Path.GetFileName(_folder.Path);

    private static string Poll(ShellProcess process, Uri address)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        for (var i = 0; i < 400; i++)
        {
            try
            {
                return client.GetStringAsync(address).GetAwaiter().GetResult();
            }
            catch (HttpRequestException) when (!process.HasEnded)
            {
                Thread.Sleep(150);
            }
        }

        throw new InvalidOperationException($"no answer from {address}; the container said:\n{process.Output}");
    }

    // The SDK's list of static assets has the build's time in it, which the image must not have.
    private static string Normal(string[] fields)
    {
        if (fields[6].EndsWith(".staticwebassets.endpoints.json", StringComparison.Ordinal))
        {
            fields[4] = fields[5] = "*";
        }

        return string.Join(' ', fields);
    }

    // On the host's network, so that we can ask from here; without a terminal.
    private void Configure(int? port, string[] arguments)
    {
        var file = System.IO.Path.Combine(Path, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(file))!;
        var process = config["process"]!;
        process["terminal"] = false;
        foreach (var argument in arguments)
        {
            process["args"]!.AsArray().Add(argument);
        }

        if (port is not null)
        {
            var namespaces = config["linux"]!["namespaces"]!.AsArray();
            namespaces.Remove(namespaces.Single(n => n!["type"]!.GetValue<string>() == "network"));
            process["env"]!.AsArray().Add($"ASPNETCORE_HTTP_PORTS={port}");
        }

        File.WriteAllText(file, config.ToJsonString());
    }
}
