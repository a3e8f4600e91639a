using System.Globalization;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>PostgreSQL, Redis and nginx as Debian has them, in containers of an image that comes from a registry.</summary>
[Collection(DebianMachine.Collection)]
public sealed class ServingFromContainers(DebianMachine debian)
{
    private const string Data = "/var/lib/postgresql/data";

    [SkippableFact]
    public async Task ThePolicySaysWhetherTheRegistryIsAsked()
    {
        DebianMachine.Require();
        await debian.Machine.RunAsync("run", "--rm", "--network", "none", debian.Image, "true");
        debian.Registry.ForgetRequests();
        Assert.Equal("12", (await debian.Machine.RunAsync("run", "--rm", "--network", "none", debian.Image, "cat", "/etc/debian_version")).Output[..2]);
        Assert.Empty(debian.Registry.Requests);
        Assert.Equal(0, (await debian.Machine.RunAsync("run", "--rm", "--network", "none", "--pull", "always", debian.Image, "true")).ExitCode);
        Assert.Contains("GET /v2/debian/manifests/servers 200", debian.Registry.Requests);
        Assert.DoesNotContain(debian.Registry.Requests, request => request.Contains("/blobs/", StringComparison.Ordinal));
        var never = await debian.Machine.RunAsync("run", "--rm", "--pull", "never", debian.Image + "-not", "true");
        Assert.Equal(125, never.ExitCode);
        Assert.Contains("CTZ5024", never.Errors, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task PostgreSqlKeepsItsTablesOnAVolume()
    {
        DebianMachine.Require();
        await StartPostgreSqlAsync("sql", "initdb -D " + Data + " -A trust > /dev/null && echo 'host all all all trust' >> " + Data + "/pg_hba.conf && ");
        var port = await PortAsync("sql", 5432);
        await LocalMachine.UntilAsync(async () => (await QueryAsync(port, "SELECT 1")).Output == "1\n");
        (await QueryAsync(port, "CREATE TABLE kept AS SELECT i, repeat('x', 500) AS text FROM generate_series(1, 20000) i")).Succeeded();
        Assert.Equal("20000|10000000\n", (await QueryAsync(port, "SELECT count(*), sum(length(text)) FROM kept")).Output);

        Assert.Contains("postgres", (await debian.Machine.RunAsync("top", "sql")).Output, StringComparison.Ordinal);
        Assert.Matches("^sql [1-9][0-9]*\n$", (await debian.Machine.RunAsync("stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}}", "sql")).Output);
        Assert.Equal("postgres\n/dev/pts/0\n", (await debian.Machine.RunInTerminalAsync("exec -it sql sh -c 'id -un; tty'")).Output);

        // SIGINT is PostgreSQL's fast shutdown, which writes everything.
        (await debian.Machine.RunAsync("stop", "-t", "60", "sql")).Succeeded();
        Assert.Equal("0\n", (await debian.Machine.RunAsync("inspect", "-f", "{{.State.ExitCode}}", "sql")).Output);
        Assert.EndsWith("database system is shut down\n", (await debian.Machine.RunAsync("logs", "--tail", "1", "sql")).Errors, StringComparison.Ordinal);
        await debian.Machine.RunAsync("rm", "sql");

        await StartPostgreSqlAsync("second", "");
        port = await PortAsync("second", 5432);
        await LocalMachine.UntilAsync(async () => (await QueryAsync(port, "SELECT 1")).Output == "1\n");
        Assert.Equal("20000|10000000\n", (await QueryAsync(port, "SELECT count(*), sum(length(text)) FROM kept")).Output);
        Assert.DoesNotContain("recovery", (await debian.Machine.RunAsync("logs", "second")).Errors, StringComparison.Ordinal);
        await debian.Machine.RunAsync("rm", "-f", "second");
    }

    [SkippableFact]
    public async Task RedisIsReachedFromTheHostAndByNameAndKeepsItsKeys()
    {
        DebianMachine.Require();
        string[] server = ["redis-server", "--bind", "0.0.0.0", "--protected-mode", "no", "--appendonly", "yes", "--dir", "/data"];
        await debian.Machine.RunAsync(["run", "-d", "--name", "keys", "--network", "backend", "--network-alias", "cache", "-p", "127.0.0.1::6379", "-v", "keys:/data", debian.Image, .. server]);
        var port = await PortAsync("keys", 6379);
        await LocalMachine.UntilAsync(async () => (await RedisAsync(port, "PING")) == "PONG\n");
        Assert.Equal("OK\n", await RedisAsync(port, "SET kept here"));
        foreach (var name in (string[])["keys", "cache"])
        {
            Assert.Equal("here\n", (await debian.Machine.RunAsync("run", "--rm", "--network", "backend", debian.Image, "redis-cli", "-h", name, "GET", "kept")).Output);
        }

        (await debian.Machine.RunAsync("stop", "-t", "60", "keys")).Succeeded();
        Assert.Equal("exited 0\n", (await debian.Machine.RunAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "keys")).Output);
        Assert.Contains("bye bye", (await debian.Machine.RunAsync("logs", "keys")).Output, StringComparison.Ordinal);
        await debian.Machine.RunAsync("rm", "keys");

        await debian.Machine.RunAsync(["run", "-d", "--name", "keys", "-p", "127.0.0.1::6379", "-v", "keys:/data", debian.Image, .. server]);
        port = await PortAsync("keys", 6379);
        await LocalMachine.UntilAsync(async () => (await RedisAsync(port, "PING")) == "PONG\n");
        Assert.Equal("here\n", await RedisAsync(port, "GET kept"));
        await debian.Machine.RunAsync("rm", "-f", "keys");
    }

    [SkippableFact]
    public async Task NginxServesALargeFileAndItsLogIsFollowed()
    {
        DebianMachine.Require();
        const string Command = "head -c 100000000 /dev/zero > /var/www/html/large; ln -sf /dev/stdout /var/log/nginx/access.log; exec nginx -g 'daemon off;'";
        await debian.Machine.RunAsync("run", "-d", "--name", "web", "-p", "127.0.0.1::80", "--stop-signal", "QUIT", debian.Image, "bash", "-c", Command);
        var port = await PortAsync("web", 80);
        await using var following = debian.Machine.Begin("logs", "-f", "web");
        await LocalMachine.UntilAsync(async () => (await CurlAsync($"http://127.0.0.1:{port}/first")).Output == "404 153");
        Assert.Equal("200 100000000", (await CurlAsync($"http://127.0.0.1:{port}/large")).Output);
        await following.UntilAsync("GET /large");
        Assert.Contains("\"GET /large HTTP/1.1\" 200 100000000", following.Output, StringComparison.Ordinal);

        (await debian.Machine.RunAsync("stop", "-t", "60", "web")).Succeeded();
        Assert.Equal("0\n", (await debian.Machine.RunAsync("wait", "web")).Output);
        Assert.Equal(0, await following.EndAsync());
        await debian.Machine.RunAsync("rm", "web");
    }

    private static Task<ToolRunner.Result> CurlAsync(string url) => ToolRunner.RunAsync("curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", url);

    private static Task<ToolRunner.Result> QueryAsync(int port, string statement) =>
        ToolRunner.RunAsync("psql", "-h", "127.0.0.1", "-p", $"{port}", "-U", "postgres", "-At", "-c", statement);

    private static async Task<string> RedisAsync(int port, string words) => (await ToolRunner.RunAsync("redis-cli", ["-p", $"{port}", .. words.Split(' ')])).Output;

    private Task<ToolRunner.Result> StartPostgreSqlAsync(string name, string before) => debian.Machine.RunAsync(
        "run", "-d", "--name", name, "-u", "postgres", "-p", "127.0.0.1::5432", "-v", "tables:/var/lib/postgresql", "--stop-signal", "INT", "--shm-size", "128m",
        debian.Image, "bash", "-c", $"{before}exec postgres -D {Data} -k /tmp -c listen_addresses='*' -c jit=off");

    private async Task<int> PortAsync(string name, int port) =>
        int.Parse((await debian.Machine.RunAsync("port", name, $"{port}")).Output.Trim().Split(':')[^1], CultureInfo.InvariantCulture);
}
