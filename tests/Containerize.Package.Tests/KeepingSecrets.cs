using System.IO.Compression;
using System.Text;
using Containerize.Package.Tests.Publishing;
using Containerize.Testing;

namespace Containerize.Package.Tests;

/// <summary>Credentials that are nowhere else: after publishes that succeeded and that failed, they are looked for in everything that was written.</summary>
public sealed class KeepingSecrets : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task NothingOfThemIsWrittenAnywhere()
    {
        var (variable, helper, file) = (Canary(), Canary(), Canary());
        var account = new BasicAccount("u", variable);
        await using var first = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = new TokenRealm(account, TimeProvider.System, TimeSpan.FromHours(1)).AuthorizeAsync });
        await using var second = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = new BasicAccount("u", helper).AuthorizeAsync });
        await using var rude = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = new BasicAccount("u", file).AuthorizeAsync });
        rude.On("PUT", "/manifests/").Always(Fault.Error(403, "DENIED"));
        var project = _workspace.Copy("HelloConsole");
        var environment = await KeepAsync(first.Host, variable, second.Host, helper, rude.Host, file);

        var said = new StringBuilder();
        said.Append(Publish($"{first.Host};{second.Host}", "good.binlog", 0)).Append(Publish(rude.Host, "bad.binlog", 1));
        Assert.Equal(["latest"], first.Content.Repository("team/hello").Tags);
        Assert.Equal(["latest"], second.Content.Repository("team/hello").Tags);
        Assert.Contains(rude.Requests, r => r.Status == 201);
        Assert.True(new FileInfo(_workspace["tmp/good.binlog"]).Length > 10_000 && File.Exists(_workspace["tmp/bad.binlog"]));
        Assert.Contains("docker-credential-loud get", await File.ReadAllTextAsync(_workspace["seen/cmdline"]), StringComparison.Ordinal);
        Assert.Contains($"The credentials for {second.Host} are from docker-credential-loud.", said.ToString(), StringComparison.Ordinal);

        foreach (var secret in new[] { variable, helper, file })
        {
            var forms = new[]
            {
                secret, secret[8..^1], Uri.EscapeDataString(secret), Convert.ToBase64String(Encoding.UTF8.GetBytes("u:" + secret)),
                Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('='),
            };
            AssertNone(forms, said.ToString(), "the output");
            foreach (var path in Written(project))
            {
                foreach (var text in Texts(path))
                {
                    AssertNone(forms, text, path);
                }
            }
        }

        string Publish(string registries, string log, int code)
        {
            var ended = _workspace.Dotnet(
                project, environment, "publish", "-t:Containerize", "-v", "diag", $"-bl:{_workspace["tmp/" + log]}", $"-p:ContainerRegistries=\"{registries}\"", "-p:ContainerRepository=team/hello");
            Assert.True(ended.ExitCode == code, ended.Output.Length > 5000 ? ended.Output[^5000..] : ended.Output);
            return ended.Output;
        }
    }

    // With characters that base64 and addresses write in another way.
    private static string Canary() => $"canary/+{Guid.NewGuid():N}=";

    private static void AssertNone(string[] forms, string text, string where) =>
        Assert.All(forms, form => Assert.False(text.Contains(form, StringComparison.Ordinal), $"{where} has {form}"));

    // Binary logs and layers are compressed.
    private static IEnumerable<string> Texts(string path)
    {
        var bytes = File.ReadAllBytes(path);
        yield return Encoding.Latin1.GetString(bytes);
        if (bytes is [0x1f, 0x8b, ..])
        {
            using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            gzip.CopyTo(plain);
            yield return Encoding.Latin1.GetString(plain.ToArray());
        }
    }

    private IEnumerable<string> Written(string project)
    {
        string[] folders = [project, _workspace.Root, _workspace["tmp"], _workspace["seen"]];
        return folders.SelectMany(f => Directory.EnumerateFiles(f, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }));
    }

    private async Task<Dictionary<string, string?>> KeepAsync(string first, string variable, string second, string helper, string rude, string file)
    {
        // What the helper's own process is called with is seen by everybody on the machine.
        Directory.CreateDirectory(_workspace["seen"]);
        Directory.CreateDirectory(_workspace["keep/bin"]);
        var script = _workspace.Write("keep/script", $$"""
            #!/bin/sh
            tr '\0' ' ' < /proc/$$/cmdline >> '{{_workspace["seen/cmdline"]}}'
            tr '\0' ' ' < /proc/$PPID/cmdline >> '{{_workspace["seen/parent"]}}'
            echo 'loud {{helper}}' >&2
            echo '{"Username":"u","Secret":"{{helper}}"}'
            """);
        (await ToolRunner.RunAsync("install", "-m", "755", script, _workspace["keep/bin/docker-credential-loud"])).Succeeded();
        _workspace.Write("keep/docker/config.json", "{\"credHelpers\":{\"" + second + "\":\"loud\"},\"auths\":{\"" + rude + "\":{\"auth\":\"" + Convert.ToBase64String(Encoding.UTF8.GetBytes("u:" + file)) + "\"}}}");
        var host = first.Replace('.', '_').Replace(':', '_');
        return new()
        {
            ["PATH"] = $"{_workspace["keep/bin"]}:{Environment.GetEnvironmentVariable("PATH")}",
            ["DOCKER_CONFIG"] = _workspace["keep/docker"],
            [$"CONTAINERIZE_USERNAME_{host}"] = "u",
            [$"CONTAINERIZE_PASSWORD_{host}"] = variable,
        };
    }
}
