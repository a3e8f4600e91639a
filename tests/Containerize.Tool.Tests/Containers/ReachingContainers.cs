using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>Published ports and named networks, with no other program.</summary>
public abstract class ReachingContainers(LocalMachine machine)
{
    [SkippableFact]
    public async Task APublishedPortLeadsIn()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "server", "-p", "127.0.0.1::80", LocalMachine.Image, "sh", "-c", "while :; do echo hello | nc -l -p 80; done");
        var address = (await machine.RunAsync("port", "server", "80")).Output.Trim();
        Assert.StartsWith("127.0.0.1:", address, StringComparison.Ordinal);
        var port = int.Parse(address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        var answer = "";
        await LocalMachine.UntilAsync(async () => (answer = await AskAsync(port)).Length > 0);
        Assert.Equal("hello\n", answer);
    }

    [SkippableFact]
    public async Task ThoseOfOneNetworkFindEachOtherByName()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "first", "--network", "together", LocalMachine.Image, "sh", "-c", "while :; do echo from first | nc -l -p 7; done");
        var answer = "";
        await LocalMachine.UntilAsync(async () => (answer = (await machine.RunAsync("run", "--rm", "--network", "together", LocalMachine.Image, "sh", "-c", "nc first 7 < /dev/null")).Output).Length > 0);
        Assert.Equal("from first\n", answer);
    }

    private static async Task<string> AskAsync(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync("127.0.0.1", port);
            using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
            return await reader.ReadToEndAsync();
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // It does not listen yet.
            return "";
        }
    }

    /// <summary>Root's.</summary>
    public sealed class OfRoot(LocalMachine machine) : ReachingContainers(machine), IClassFixture<LocalMachine>;

    /// <summary>Those of a plain user with ids of other users.</summary>
    public sealed class OfAPlainUser(PlainMachine machine) : ReachingContainers(machine), IClassFixture<PlainMachine>;

    /// <summary>Those of one without.</summary>
    public sealed class OfAUserWithOneId(BareMachine machine) : ReachingContainers(machine), IClassFixture<BareMachine>;
}
