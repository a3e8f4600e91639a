using System.Text;
using Containerize.Registries;
using Containerize.Registries.Credentials;
using Containerize.Testing;

namespace Containerize.Tests.Registries.Credentials;

/// <summary>A user: a home with docker's and podman's files, and programs on PATH.</summary>
internal sealed class Home : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal Home()
    {
        Variables = new() { ["HOME"] = _folder.Folder("home"), ["PATH"] = $"{_folder.Folder("bin")}:/usr/bin:/bin" };
    }

    internal Dictionary<string, string> Variables { get; }

    internal List<string> Said { get; } = [];

    internal List<string> Explained { get; } = [];

    internal Func<HttpMessageHandler>? CloudHandler { get; init; }

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    internal string this[string path] => _folder[path];

    internal RegistryOptions Options => new()
    {
        Environment = name => Variables.GetValueOrDefault(name),
        Report = Said.Add,
        Explain = Explained.Add,
        CloudHandler = CloudHandler,
        Time = Time,
        RetryDelay = TimeSpan.FromMilliseconds(5),
    };

    internal static string Auth(string user, string password) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    /// <summary>An entry of a file.</summary>
    internal static string Auths(string key, string user, string password) => $"{{\"auths\":{{\"{key}\":{{\"auth\":\"{Auth(user, password)}\"}}}}}}";

    internal string Write(string path, string text) => _folder.Write(path, text);

    /// <summary>Writes docker's file.</summary>
    internal string Docker(string json) => Write("home/.docker/config.json", json);

    /// <summary>A helper that runs this shell script; each call leaves a line in the file <c>calls</c>.</summary>
    internal async Task HelperAsync(string name, string script)
    {
        var source = Write($"scripts/{name}", $"#!/bin/sh\nread -r server\necho \"{name} $1 $server\" >> '{_folder["calls"]}'\n{script}\n");
        // Installed by another process: while ours has the file open for writing, a child that is just being made has it too, and it cannot be executed.
        (await ToolRunner.RunAsync("install", "-m", "755", source, _folder[$"bin/docker-credential-{name}"])).Succeeded();
    }

    /// <summary>A helper that answers with a user and a secret.</summary>
    internal Task HelperAsync(string name, string user, string secret) => HelperAsync(name, "echo '{\"ServerURL\":\"x\",\"Username\":\"" + user + "\",\"Secret\":\"" + secret + "\"}'");

    /// <summary>What the helpers were asked.</summary>
    internal string Calls => File.Exists(_folder["calls"]) ? File.ReadAllText(_folder["calls"]) : "";

    internal RegistryCredential? Find(string registry = "r.example", string repository = "team/app", RegistryAction action = RegistryAction.Pull) =>
        new RegistryCredentials(Options).Find(registry, repository, action);

    /// <summary>"user:password", "token:identity token" or "bearer:token" of what is found; "nobody" for nothing.</summary>
    internal string Who(string registry = "r.example", string repository = "team/app", RegistryAction action = RegistryAction.Pull) => Find(registry, repository, action) switch
    {
        null => "nobody",
        { RegistryToken: { } token } => "bearer:" + token.Reveal(),
        { IdentityToken: { } token } => "token:" + token.Reveal(),
        { } found => $"{found.UserName}:{found.Password.Reveal()}",
    };

    public void Dispose() => _folder.Dispose();
}
