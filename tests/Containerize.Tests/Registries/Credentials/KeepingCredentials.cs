using System.Text.Json.Nodes;
using Containerize.Registries.Credentials;
using Xunit;

namespace Containerize.Tests.Registries.Credentials;

public sealed class KeepingCredentials : IDisposable
{
    private const string Entry = "{\n\t\"auths\": {\n\t\t\"r.example\": {\n\t\t\t\"auth\": \"dTpw\"\n\t\t}\n\t}\n}\n";
    private readonly Home _home = new();

    private string Docker => _home["home/.docker/config.json"];

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("{}")]
    [InlineData("""{"auths":null}""")]
    [InlineData("""{"auths":{"r.example":{"identitytoken":"i","username":"x","password":"y"}}}""")]
    [InlineData("""{"auths":{"https://r.example/v2/":{"auth":"eDp5"},"r.example":{"auth":"eDp5"}}}""")]
    [InlineData("﻿{}")]
    public void LeavesOneEntry(string before)
    {
        _home.Docker(before);
        Keep("r.example");
        Assert.Equal(Entry, File.ReadAllText(Docker));
        Assert.Equal("u:p", _home.Who());
    }

    [Fact]
    public void PreservesWhatElseIsThere()
    {
        _home.Docker("""
            { "HttpHeaders": { "X-A": "ü<>&'" }, "psFormat": "a\tb", "big": 12345678901234567890.10, "none": null, "list": [1, {"a": true}],
              "auths": { "one": {"auth":"eDp5","email":"x@y"}, "r.example": {"auth":"eDp5","email":"me@r.example"}, "two": {} },
              "credHelpers": { "gcr.io": "gcloud" }, "currentContext": "default" }
            """);
        Keep("r.example");
        Assert.Equal(
            """
            {
            	"HttpHeaders": {
            		"X-A": "ü<>&'"
            	},
            	"psFormat": "a\tb",
            	"big": 12345678901234567890.10,
            	"none": null,
            	"list": [
            		1,
            		{
            			"a": true
            		}
            	],
            	"auths": {
            		"one": {
            			"auth": "eDp5",
            			"email": "x@y"
            		},
            		"two": {},
            		"r.example": {
            			"email": "me@r.example",
            			"auth": "dTpw"
            		}
            	},
            	"credHelpers": {
            		"gcr.io": "gcloud"
            	},
            	"currentContext": "default"
            }

            """,
            File.ReadAllText(Docker));
    }

    [Fact]
    public void ForDockerHubHasItsOldName()
    {
        _home.Docker("""{"auths":{"docker.io":{"auth":"eDp5"}}}""");
        Keep("docker.io");
        Assert.Equal("{\n\t\"auths\": {\n\t\t\"https://index.docker.io/v1/\": {\n\t\t\t\"auth\": \"dTpw\"\n\t\t}\n\t}\n}\n", File.ReadAllText(Docker));
        Assert.Equal("u:p", _home.Who("docker.io", "library/app"));
        Assert.Equal([Docker], Store().Erase("docker.io", CancellationToken.None));
    }

    [Fact]
    public void IsForTheOwnerOnlyWhateverTheFileWas()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.SetUnixFileMode(_home.Docker("{}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        Keep("r.example");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Docker));
        Assert.Equal(["config.json"], Directory.GetFiles(Path.GetDirectoryName(Docker)!).Select(Path.GetFileName));
    }

    [Fact]
    public void FollowsALinkAndKeepsIt()
    {
        var real = _home.Write("dotfiles/docker.json", "{}");
        Directory.CreateDirectory(Path.GetDirectoryName(Docker)!);
        File.CreateSymbolicLink(Docker, real);
        Keep("r.example");
        Assert.Equal(Entry, File.ReadAllText(real));
        Assert.Equal(real, new FileInfo(Docker).LinkTarget);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"auths":[]}""")]
    [InlineData("""{"auths":{},/* mine */}""")]
    [InlineData("""{"auths":{},"auths":{}}""")]
    public void ChangesNoFileThatItDoesNotUnderstand(string before)
    {
        _home.Docker(before);
        Assert.Equal(4025, Assert.Throws<ContainerizeException>(() => Keep("r.example")).Number);
        Assert.Equal(4025, Assert.Throws<ContainerizeException>(() => Store().Erase("r.example", CancellationToken.None)).Number);
        Assert.Equal(before, File.ReadAllText(Docker));
    }

    [Theory]
    [InlineData("REGISTRY_AUTH_FILE", "named/auth.json", "named/auth.json")]
    [InlineData("DOCKER_CONFIG", "docker", "docker/config.json")]
    public void GoesWhereTheVariableSays(string variable, string value, string file)
    {
        _home.Variables[variable] = _home[value];
        Assert.Equal(_home[file], Keep("r.example"));
        Assert.Equal(Entry, File.ReadAllText(_home[file]));
        Assert.Equal("u:p", _home.Who());
    }

    [Fact]
    public void ManyAtOnceAreAllKept()
    {
        string[] names = [.. Enumerable.Range(0, 24).Select(i => $"r{i}.example")];
        // Each with a thread of its own, as they wait for each other.
        List<Thread> logins = [.. names.Select(name => new Thread(() => Keep(name)))];
        logins.ForEach(l => l.Start());
        logins.ForEach(l => l.Join());
        Assert.Equal(names.Order(StringComparer.Ordinal), EntriesOf(Docker));

        List<Thread> logouts = [.. names[..12].Select(name => new Thread(() => Store().Erase(name, CancellationToken.None)))];
        logouts.ForEach(l => l.Start());
        logouts.ForEach(l => l.Join());
        Assert.Equal(names[12..].Order(StringComparer.Ordinal), EntriesOf(Docker));
        Assert.Equal(["config.json"], Directory.GetFiles(Path.GetDirectoryName(Docker)!).Select(Path.GetFileName));
    }

    [Fact]
    public void WithoutAHomeGoesWhereTheVariableSays()
    {
        _home.Variables.Remove("HOME");
        _home.Variables["REGISTRY_AUTH_FILE"] = _home["auth.json"];
        Assert.Equal(_home["auth.json"], Keep("r.example"));
        Assert.Equal(Entry, File.ReadAllText(_home["auth.json"]));
    }

    [Fact]
    public void HasNoPlaceWithoutAHome()
    {
        _home.Variables.Remove("HOME");
        Assert.Equal(4026, Assert.Throws<ContainerizeException>(() => Keep("r.example")).Number);
    }

    [Fact]
    public async Task WithAHelperThatFailsKeepsNothingAnywhere()
    {
        await _home.HelperAsync("bad", "exit 1");
        const string Before = """{"credHelpers":{"r.example":"bad"}}""";
        _home.Docker(Before);
        Assert.Equal(4020, Assert.Throws<ContainerizeException>(() => Keep("r.example")).Number);
        Assert.Equal(Before, File.ReadAllText(Docker));
    }

    [Fact]
    public void WithAnEmptyHelperForARegistryUsesTheFile()
    {
        _home.Docker("""{"credsStore":"missing","credHelpers":{"r.example":""}}""");
        Assert.Equal(Docker, Keep("r.example"));
        Assert.Equal("u:p", _home.Who());
    }

    private static IEnumerable<string> EntriesOf(string file) =>
        JsonNode.Parse(File.ReadAllText(file))!["auths"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal);

    private CredentialStore Store() => new(name => _home.Variables.GetValueOrDefault(name));

    private string Keep(string registry) => Store().Store(registry, "u", new Secret("p"), CancellationToken.None);
}
