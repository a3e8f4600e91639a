using System.Runtime.InteropServices;
using Xunit;

namespace Containerize.Tests.Registries.Credentials;

// A11.
public sealed partial class OddCredentialFiles : IDisposable
{
    private const string Secret = "c2VjcmV0";
    private readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("17")]
    [InlineData("""{"auths":null}""")]
    [InlineData("""{"auths":[]}""")]
    [InlineData("""{"auths":{}}""")]
    [InlineData("""{"auths":{"r.example":{}}}""")]
    [InlineData("""{"auths":{"r.example":{"auth":""}}}""")]
    [InlineData("""{"auths":{"r.example":{"auth":17}}}""")]
    [InlineData("""{"credsStore":"","credHelpers":{"r.example":""}}""")]
    [InlineData("""{"credsStore":17,"credHelpers":{"r.example":17}}""")]
    [InlineData("""{"auths":{"other.example":{"auth":"!"}}}""")]
    public void WithNothingInThemAreNobody(string json)
    {
        _home.Docker(json);
        Assert.Equal("nobody", _home.Who());
        Assert.Empty(_home.Said);
    }

    [Fact]
    public void ThatAreNotThereAreNobody()
    {
        Assert.Equal("nobody", _home.Who());
        Assert.Empty(_home.Said);
    }

    [Theory]
    [InlineData("﻿{\"auths\":{\"r.example\":{\"auth\":\"dTpw\"}}}")]
    [InlineData("{\"auths\":{// mine\n\"r.example\":{\"auth\":\"dTpw\",},},/* all */}")]
    [InlineData("{\"auths\":{\"r.example\":{\"auth\":\"eDp5\"},\"r.example\":{\"auth\":\"dTpw\"}}}")]
    [InlineData("{\"auths\":{\"r.example\":{\"auth\":\"eDp5\",\"auth\":\"dTpw\"}}}")]
    [InlineData("{\"auths\":{\"r.example\":{\"auth\":\" dTpw\\n\"}}}")]
    [InlineData("{\"auths\":{\"r.example\":{\"auth\":\"dTpwAA==\"}}}")]
    [InlineData("{\"auths\":{\"r.example\":{\"username\":\"u\",\"password\":\"p\"}}}")]
    [InlineData("{\"auths\":{\"https://r.example\":{\"auth\":\"dTpw\"}}}")]
    [InlineData("{\"auths\":{\"https://r.example/v1/\":{\"auth\":\"dTpw\"}}}")]
    [InlineData("{\"auths\":{\"http://r.example/v2/\":{\"auth\":\"dTpw\"}}}")]
    [InlineData("{\"auths\":{\"r.example/team\":{\"auth\":\"dTpw\"},\"r.example\":{\"auth\":\"eDp5\"}}}")]
    [InlineData("{\"auths\":{\"r.example/team/app\":{\"auth\":\"dTpw\"},\"r.example/team\":{\"auth\":\"eDp5\"}}}")]
    [InlineData("{\"auths\":{\"r.example/te\":{\"auth\":\"eDp5\"},\"r.example\":{\"auth\":\"dTpw\"}}}")]
    public void WithACredentialGiveIt(string json)
    {
        _home.Docker(json);
        Assert.Equal("u:p", _home.Who());
        Assert.Empty(_home.Said);
    }

    [Theory]
    [InlineData("""{"auths":{"r.example":{"identitytoken":"i"}}}""", "token:i")]
    [InlineData("""{"auths":{"r.example":{"auth":"MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwOg==","identitytoken":"i"}}}""", "token:i")]
    [InlineData("""{"auths":{"r.example":{"registrytoken":"b"}}}""", "bearer:b")]
    [InlineData("""{"auths":{"r.example":{"auth":"dTo="}}}""", "u:")]
    [InlineData("""{"auths":{"r.example":{"auth":"dTpwOnE="}}}""", "u:p:q")]
    public void WithTokensGiveThem(string json, string who)
    {
        _home.Docker(json);
        Assert.Equal(who, _home.Who());
    }

    [Theory]
    [InlineData("https://index.docker.io/v1/")]
    [InlineData("docker.io")]
    [InlineData("index.docker.io")]
    [InlineData("registry-1.docker.io")]
    public void OfDockerHubHaveManyNames(string key)
    {
        _home.Docker(Home.Auths(key, "u", "p"));
        Assert.Equal("u:p", _home.Who("docker.io", "library/app"));
    }

    [Theory]
    [InlineData("{\"auths\":{\"r.example\":{\"auth\":\"" + Secret + "\"", "are not valid JSON")]
    [InlineData(Secret, "are not valid JSON")]
    [InlineData("{\"auths\":{\"r.example\":{\"auth\":\"!" + Secret + "!\"}}}", "cannot be understood (its auth is not base64)")]
    [InlineData("{\"auths\":{\"r.example\":{\"auth\":\"" + Secret + "\"}}}", "cannot be understood (its auth has no user and ':')")]
    [InlineData("{\"auths\":{\"r.example\":\"" + Secret + "\"}}", "cannot be understood (it is no object)")]
    public void ThatAreDamagedAreNamedAndNotShown(string json, string why)
    {
        var path = _home.Docker(json);
        Assert.Equal("nobody", _home.Who());
        var line = Assert.Single(_home.Said);
        Assert.Contains(path, line, StringComparison.Ordinal);
        Assert.Contains(why, line, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void ThatAreNestedTooDeepAreDamaged()
    {
        _home.Docker(new string('[', 100_000));
        Assert.Equal("nobody", _home.Who());
        Assert.Contains("are not valid JSON", Assert.Single(_home.Said), StringComparison.Ordinal);
    }

    [Fact]
    public void ThatAreFoldersAreLeftOut()
    {
        Directory.CreateDirectory(_home["home/.docker/config.json"]);
        Assert.Equal("nobody", _home.Who());
        Assert.EndsWith("/.docker/config.json is a directory and is left out.", Assert.Single(_home.Said), StringComparison.Ordinal);
    }

    [Fact]
    public void OfAHundredMegabytesAreNotRead()
    {
        using (var file = File.Create(_home.Docker("{}")))
        {
            file.SetLength(100_000_000);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("nobody", _home.Who());
        Assert.EndsWith("/.docker/config.json cannot be read and is left out.", Assert.Single(_home.Said), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void ThatMayNotBeReadAreLeftOut()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        File.SetUnixFileMode(_home.Docker("{}"), UnixFileMode.None);
        File.SetUnixFileMode(_home["."], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        // Also where the tests run as root: the kernel knows another user for the files of one thread.
        var thread = new Thread(() =>
        {
            _ = SetFileUser(65534);
            _home.Who();
        });
        thread.Start();
        thread.Join();
        Assert.EndsWith("/.docker/config.json cannot be read and is left out.", Assert.Single(_home.Said), StringComparison.Ordinal);
    }

    [Fact]
    public void ThatAreNoJsonInTheVariableAreNamedByIt()
    {
        _home.Variables["DOCKER_AUTH_CONFIG"] = Secret;
        Assert.Equal("nobody", _home.Who());
        Assert.Equal(["The credentials in DOCKER_AUTH_CONFIG are not valid JSON and are left out."], _home.Said);
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileUser(uint user);
}
