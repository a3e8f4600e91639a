using System.Net;
using System.Net.Sockets;
using System.Text;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>The way from a container to the outside: by pasta or slirp4netns, and what is said where there is neither.</summary>
public sealed class ReachingTheOutside(LocalMachine machine) : IClassFixture<LocalMachine>
{
    [SkippableFact]
    public async Task TheHostIsReachedWhereItIsAskedFor()
    {
        LocalMachine.Require();
        Skip.If(ToolRunner.Find("pasta") is null && ToolRunner.Find("slirp4netns") is null, "neither pasta nor slirp4netns is installed");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var serving = Task.Run(async () =>
        {
            using var caller = await listener.AcceptTcpClientAsync();
            await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes("from the host\n"));
        });
        // The input stays open for a while: pasta of 2023 loses the other side's end where ours came at once.
        var result = await machine.RunAsync("run", "--rm", "--add-host", "outside:host-gateway", LocalMachine.Image, "sh", "-c", $"sleep 2 | nc outside {port}");
        Assert.Equal(("from the host\n", ""), (result.Output, result.Errors));
        await serving;
    }

    [SkippableFact]
    public async Task WhereThereIsNoneItIsSaidOnceAndPortsWork()
    {
        LocalMachine.Require();
        ToolRunner.Require("unshare");
        const string Warning = "warning: no way to the outside: neither pasta nor slirp4netns is installed (packages passt, slirp4netns); the container's ports work without.\n";
        foreach (var (name, words) in (List<(string, string)>)[("left", "-d"), ("front", "--rm")])
        {
            var result = await WithoutProgramsAsync($"run {words} --name {name} -p 127.0.0.1::7 {LocalMachine.Image} sh -c 'nc -l -p 7 -e echo there & sleep 0.2'");
            Assert.Equal((Warning, 0), (result.Errors, result.ExitCode));
        }

        // A network that leads nowhere else says nothing of it.
        await machine.RunAsync("network", "create", "--internal", "inside");
        Assert.Equal("", (await WithoutProgramsAsync($"run --rm --network inside {LocalMachine.Image} true")).Errors);
        var host = await WithoutProgramsAsync($"run --rm --add-host outside:host-gateway {LocalMachine.Image} true");
        Assert.Equal(125, host.ExitCode);
        Assert.Contains("the container has no way to the host", host.Errors, StringComparison.Ordinal);
    }

    // In a mount namespace in which the folder of the programs is empty; the tool is started by its whole path.
    private Task<ToolRunner.Result> WithoutProgramsAsync(string words) => ToolRunner.RunAsync(
        "unshare",
        "-m",
        "sh",
        "-c",
        $"mount -t tmpfs none /usr/bin && CONTAINERIZE_ROOT='{machine.Root}' CONTAINERIZE_RUNTIME='{LocalMachine.Runtime()}' {Environment.ProcessPath} {AppContext.BaseDirectory}dotnet-containerize.dll {words}");
}
