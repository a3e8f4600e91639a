using System.Diagnostics;
using Containerize.Registries.Credentials;
using Xunit;

namespace Containerize.Tests.Registries.Credentials;

// A10: real programs on a PATH of the test's own.
public sealed class HelperPrograms : IDisposable
{
    private readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("r.example", "r.example")]
    [InlineData("localhost:5000", "localhost:5000")]
    [InlineData("docker.io", "https://index.docker.io/v1/")]
    public async Task AreAskedByTheNameThatDockerUses(string registry, string expected)
    {
        await _home.HelperAsync("good", "u", "p");
        _home.Docker("""{"credsStore":"good"}""");
        Assert.Equal("u:p", _home.Who(registry));
        Assert.Equal($"good get {expected}\n", _home.Calls);
        Assert.Equal([$"The credentials for {registry} are from docker-credential-good."], _home.Explained);
        Assert.Empty(_home.Said);
    }

    [Theory]
    [InlineData("p\\u00e4ss:w\\u00f6rt\\n\\ud83d\\udd11", "päss:wört\n🔑")]
    [InlineData("päss:wört🔑", "päss:wört🔑")]
    [InlineData(":", ":")]
    [InlineData("a\\\"b\\\\c", "a\"b\\c")]
    public async Task GivePasswordsAsTheyAre(string json, string password)
    {
        await _home.HelperAsync("odd", $$"""
            cat <<'END'
            {"ServerURL":"x","Username":"u","Secret":"{{json}}"}
            END
            """);
        _home.Docker("""{"credHelpers":{"r.example":"odd"}}""");
        Assert.Equal(password, _home.Find()!.Password.Reveal());
    }

    [Fact]
    public async Task OfTheUserTokenGiveRefreshTokens()
    {
        await _home.HelperAsync("azure", "<token>", "refresh");
        _home.Docker("""{"credsStore":"azure"}""");
        Assert.Equal("token:refresh", _home.Who());
    }

    [Theory]
    [InlineData("echo 'credentials not found in native keychain'; exit 1")]
    [InlineData("echo 'Credentials not found in native keychain'; exit 3")]
    [InlineData("echo '{\"ServerURL\":\"\",\"Username\":\"\",\"Secret\":\"\"}'")]
    [InlineData("echo '{}'")]
    public async Task ThatHaveNothingAreNoError(string script)
    {
        await _home.HelperAsync("none", script);
        _home.Docker("""{"credsStore":"none"}""");
        Assert.Equal("nobody", _home.Who());
        Assert.Empty(_home.Said);
    }

    [Theory]
    [InlineData("echo 'secret-1 at Main.java:17' >&2; echo secret-1; exit 1", "it ended with 1")]
    [InlineData("echo secret-1", "its answer is no JSON")]
    [InlineData("", "its answer is no JSON")]
    [InlineData("kill -9 $$", "it ended with 137")]
    [InlineData("yes secret-1 | head -c 10000000", "its answer is longer than 1048576 bytes")]
    public async Task ThatFailArePassedOverAndNotEchoed(string script, string why)
    {
        await _home.HelperAsync("bad", script);
        var file = _home.Docker("{\"credsStore\":\"bad\"," + Home.Auths("r.example", "u", "p")[1..]);
        Assert.Equal("u:p", _home.Who());
        Assert.Equal(
            [$"asking the credential helper docker-credential-bad: {why}. Install or mend it, or take it out of credsStore and credHelpers. It is named in {file}; the next place is looked at."],
            _home.Said);
    }

    [Theory]
    [InlineData("missing", "it is not installed, or cannot be executed")]
    [InlineData("../../x", "its name may only have letters, digits and the characters . _ -")]
    [InlineData("a b", "its name may only have letters, digits and the characters . _ -")]
    [InlineData("a;touch x", "its name may only have letters, digits and the characters . _ -")]
    [InlineData("ü", "its name may only have letters, digits and the characters . _ -")]
    public void ThatCannotBeStartedArePassedOver(string name, string why)
    {
        _home.Docker("{\"credHelpers\":{\"r.example\":\"" + name + "\"}}");
        Assert.Equal("nobody", _home.Who());
        Assert.Contains(why, Assert.Single(_home.Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThatHangAreEndedWithTheirChildren()
    {
        await _home.HelperAsync("slow", "echo $$ > \"$(dirname \"$0\")/pid\"; sleep 600 & sleep 600");
        var clock = Stopwatch.StartNew();
        var failure = Assert.Throws<ContainerizeException>(() => new CredentialHelper("slow", name => _home.Variables.GetValueOrDefault(name), TimeSpan.FromSeconds(1)).Get("r.example"));
        Assert.Equal(4020, failure.Number);
        Assert.Contains("it did not answer in 1 seconds", failure.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(8));
        var id = (await File.ReadAllTextAsync(_home["bin/pid"])).Trim();
        for (var i = 0; i < 100 && Directory.Exists($"/proc/{id}") && !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal); i++)
        {
            await Task.Delay(50);
        }

        Assert.True(!Directory.Exists($"/proc/{id}") || File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ThatDoNotReadWhatTheyAreAskedAreHeard()
    {
        // It has ended before the question is written.
        await _home.HelperAsync("deaf", "exec <&-; echo '{\"Username\":\"u\",\"Secret\":\"p\"}'");
        _home.Docker("""{"credsStore":"deaf"}""");
        Assert.Equal("u:p", _home.Who());
    }

    // Process.Start would find it there: a repository of a stranger's would have its program run.
    [Fact]
    public async Task InTheCurrentFolderAreNotRun()
    {
        await _home.HelperAsync("local", "u", "p");
        var here = Path.Combine(Environment.CurrentDirectory, "docker-credential-local");
        File.Copy(_home["bin/docker-credential-local"], here, overwrite: true);
        try
        {
            _home.Variables["PATH"] = ":.:/usr/bin:/bin";
            _home.Docker("""{"credsStore":"local"}""");
            Assert.Equal("nobody", _home.Who());
            Assert.Equal("", _home.Calls);
        }
        finally
        {
            File.Delete(here);
        }
    }

    [Fact]
    public async Task KeepAndForgetWhatTheyAreGiven()
    {
        await _home.HelperAsync("keep", """
            dir=$(dirname "$0")
            case $1 in
              store) printf '%s' "$server" > "$dir/kept"; tr '\0' ' ' < /proc/$$/cmdline > "$dir/cmdline";;
              erase) rm "$dir/kept";;
              *) cat "$dir/kept" 2>/dev/null || { echo credentials not found in native keychain; exit 1; };;
            esac
            """);
        var helper = new CredentialHelper("keep", name => _home.Variables.GetValueOrDefault(name));
        helper.Store("r.example", "u", new Secret("p:ä\n\""));
        Assert.Equal("p:ä\n\"", helper.Get("r.example")!.Password.Reveal());
        Assert.DoesNotContain("p:", await File.ReadAllTextAsync(_home["bin/cmdline"]), StringComparison.Ordinal);
        helper.Erase("r.example");
        Assert.Null(helper.Get("r.example"));
    }
}
