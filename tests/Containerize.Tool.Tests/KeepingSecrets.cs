using System.Text;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests;

/// <summary>Each credential is a text that is nowhere else; after everything has been done with it, it is looked for everywhere.</summary>
public sealed class KeepingSecrets : IDisposable
{
    private readonly Shell _shell = new();
    private readonly TemporaryFolder _home = new();

    public void Dispose()
    {
        _shell.Dispose();
        _home.Dispose();
    }

    [Theory]
    [InlineData("basic", "variable")]
    [InlineData("basic", "file")]
    [InlineData("token", "file")]
    [InlineData("token", "identity")]
    [InlineData("token", "helper")]
    [InlineData("token", "registry")]
    public async Task NobodyIsToldThem(string kind, string source)
    {
        var secret = $"canary/+{Guid.NewGuid():N}=";
        var account = new BasicAccount("u", secret);
        var realm = new TokenRealm(account, TimeProvider.System, TimeSpan.FromHours(1));
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = kind == "basic" ? account.AuthorizeAsync : realm.AuthorizeAsync });
        await using var rude = await FaultRegistry.StartAsync();
        rude.On("PUT", "/uploads/").Always(Fault.Error(403, "DENIED"));
        await KeepAsync(source, secret, registry.Host, rude.Host);
        await _shell.AddAppAsync("app:1");
        var said = new StringBuilder();
        foreach (var command in new[]
        {
            new[] { "push", "app:1", $"{registry.Host}/app:1", "--format", "json" },
            ["push", "app:1", $"{registry.Host}/app:1", "-v", "diag"],
            ["push", "app:1", $"{rude.Host}/app:1", "-v", "diag"],
            ["pull", $"{registry.Host}/app:1", "-v", "diag"],
            ["tags", $"{registry.Host}/none", "-v", "diag"],
            ["manifest", $"{registry.Host}/app:1"],
            ["inspect", "app:1", "--format", "json"],
            ["login", registry.Host, "-u", "other", "-p", secret, "-v", "diag"],
        })
        {
            said.Append((await _shell.RunAsync(command)).Transcript());
        }

        // Something was done with it.
        Assert.Contains("[exit 1]", said.ToString(), StringComparison.Ordinal);
        if (source is not ("registry" or "identity"))
        {
            Assert.Contains(registry.Requests, r => r["Authorization"]?.StartsWith("Basic ", StringComparison.Ordinal) == true && r.Status is 200 or 201);
        }

        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('=');
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"u:{secret}"));
        string[] forms = [secret, encoded, pair, Uri.EscapeDataString(secret), secret.Replace("/", "\\/", StringComparison.Ordinal), secret[8..^1]];
        AssertNone(said.ToString(), "the output");
        foreach (var file in Directory.EnumerateFiles(_shell.Paths.Cache, "*", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(Path.GetDirectoryName(_shell.Directory)!, "*", SearchOption.AllDirectories)))
        {
            AssertNone(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)), file);
        }

        if (source == "helper")
        {
            AssertNone(await File.ReadAllTextAsync(_home["cmdline"]), "the helper's command line");
        }

        void AssertNone(string text, string where) =>
            Assert.All(forms, form => Assert.False(text.Contains(form, StringComparison.Ordinal), $"{where} has {form}: {text}"));
    }

    private async Task KeepAsync(string source, string secret, params string[] hosts)
    {
        var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"u:{secret}"));
        string Entries(string entry) => "{\"auths\":{" + string.Join(',', hosts.Select(h => $"\"{h}\":{entry}")) + "}}";
        _shell.Variables["HOME"] = _home.Path;
        _shell.Variables["PATH"] = $"{_home.Folder("bin")}:/usr/bin:/bin";
        switch (source)
        {
            case "variable":
                _shell.Variables["DOTNET_CONTAINER_REGISTRY_UNAME"] = "u";
                _shell.Variables["DOTNET_CONTAINER_REGISTRY_PWORD"] = secret;
                break;
            case "helper":
                var script = _home.Write("script", $"#!/bin/sh\ntr '\\0' ' ' < /proc/$$/cmdline >> '{_home["cmdline"]}'\necho '{secret}' >&2\necho '{{\"Username\":\"u\",\"Secret\":\"{secret}\"}}'\n");
                (await ToolRunner.RunAsync("install", "-m", "755", script, _home["bin/docker-credential-loud"])).Succeeded();
                _home.Write(".docker/config.json", """{"credsStore":"loud"}""");
                break;
            default:
                _home.Write(".docker/config.json", Entries(source switch
                {
                    "identity" => $"{{\"identitytoken\":\"{secret}\"}}",
                    "registry" => $"{{\"registrytoken\":\"{secret}\"}}",
                    _ => $"{{\"auth\":\"{auth}\"}}",
                }));
                break;
        }
    }
}
