using System.Text;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests;

public sealed class LoggingIn : IDisposable
{
    private readonly Shell _shell = new();
    private readonly TemporaryFolder _home = new();

    public LoggingIn()
    {
        _shell.Variables["HOME"] = _home.Path;
        _shell.Variables["PATH"] = $"{_home.Folder("bin")}:/usr/bin:/bin";
    }

    private string ConfigPath => _home[".docker/config.json"];

    public void Dispose()
    {
        _shell.Dispose();
        _home.Dispose();
    }

    [SkippableFact]
    public async Task KeepsThePasswordWhereSkopeoReadsIt()
    {
        ToolRunner.Require("skopeo");
        await using var registry = await DockerRegistry.StartAsync(withPassword: true);
        var outcome = await _shell.RunAsync(Encoding.UTF8.GetBytes(DockerRegistry.Password + "\n"), true, "login", "-u", DockerRegistry.User, "--password-stdin", registry.Host);
        Assert.Equal("Login Succeeded\n[exit 0]\n", outcome.Transcript());
        var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{DockerRegistry.User}:{DockerRegistry.Password}"));
        Assert.Equal($"{{\n\t\"auths\": {{\n\t\t\"{registry.Host}\": {{\n\t\t\t\"auth\": \"{auth}\"\n\t\t}}\n\t}}\n}}\n", await File.ReadAllTextAsync(ConfigPath));
        Assert.Equal("-rw-------", ModeOf(ConfigPath));
        Assert.Equal("drwx------", ModeOf(Path.GetDirectoryName(ConfigPath)!));
        await _shell.AddAppAsync($"{registry.Host}/app:1");
        Assert.Equal(0, (await _shell.RunAsync("push", $"{registry.Host}/app:1")).Code);
        (await ToolRunner.RunAsync("skopeo", "inspect", "--tls-verify=false", "--authfile", ConfigPath, "--raw", $"docker://{registry.Host}/app:1")).Succeeded();

        Assert.Equal($"Removing login credentials for {registry.Host}\n[exit 0]\n", (await _shell.RunAsync("logout", registry.Host)).Transcript());
        Assert.Equal("{\n\t\"auths\": {}\n}\n", await File.ReadAllTextAsync(ConfigPath));
        Assert.Equal(1, (await _shell.RunAsync("push", $"{registry.Host}/app:1")).Code);
        Assert.NotEqual(0, (await ToolRunner.RunAsync("skopeo", "inspect", "--tls-verify=false", "--authfile", ConfigPath, $"docker://{registry.Host}/app:1")).ExitCode);
        Assert.Equal($"Not logged in to {registry.Host}\n[exit 0]\n", (await _shell.RunAsync("logout", registry.Host)).Transcript());
    }

    [SkippableFact]
    public async Task OfSkopeoIsReadAndForgottenToo()
    {
        ToolRunner.Require("skopeo");
        await using var registry = await DockerRegistry.StartAsync(withPassword: true);
        var file = _home["auth.json"];
        _shell.Variables["REGISTRY_AUTH_FILE"] = file;
        (await ToolRunner.RunAsync("skopeo", "login", "--tls-verify=false", "--authfile", file, "-u", DockerRegistry.User, "-p", DockerRegistry.Password, registry.Host)).Succeeded();
        await _shell.AddAppAsync($"{registry.Host}/app:1");
        Assert.Equal(0, (await _shell.RunAsync("push", $"{registry.Host}/app:1")).Code);
        Assert.StartsWith("Removing login credentials for ", (await _shell.RunAsync("logout", $"http://{registry.Host}/")).Output, StringComparison.Ordinal);
        Assert.Contains("not logged in", (await ToolRunner.RunAsync("skopeo", "logout", "--authfile", file, registry.Host)).Errors, StringComparison.OrdinalIgnoreCase);
        Assert.False(File.Exists(ConfigPath));
    }

    [SkippableFact]
    public async Task WithAWrongPasswordStoresNothing()
    {
        await using var registry = await DockerRegistry.StartAsync(withPassword: true);
        var outcome = await _shell.RunAsync("canary-7321\n"u8.ToArray(), true, "login", "-u", "builder", "--password-stdin", registry.Host);
        Assert.Equal(1, outcome.Code);
        Assert.Equal("", outcome.Output);
        Assert.StartsWith($"error CTZ4022: logging in to {registry.Host} as builder: the registry answered 401 Unauthorized: UNAUTHORIZED: authentication required", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-7321", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.GetDirectoryName(ConfigPath)));
    }

    [Theory]
    [InlineData("right", "Login Succeeded\n[stderr] WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n[exit 0]\n")]
    [InlineData("wrong", "[exit 1]\n")]
    public async Task AsksATokenServerWhereTheRegistryHasOne(string password, string end)
    {
        var realm = new TokenRealm(new BasicAccount("u", "right"), TimeProvider.System, TimeSpan.FromHours(1));
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = realm.AuthorizeAsync });
        Assert.EndsWith(end, (await _shell.RunAsync("login", registry.Host, "-u", "u", "-p", password)).Transcript(), StringComparison.Ordinal);
        Assert.Equal(password == "right", File.Exists(ConfigPath));
        Assert.Equal(1, registry.Count("GET", "/token?service=test%20service"));
    }

    [Fact]
    public async Task AtATerminalAsksForWhatIsMissing()
    {
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = new BasicAccount("u", "p").AuthorizeAsync });
        _shell.Typed.Enqueue("u");
        _shell.Typed.Enqueue("p");
        var outcome = await _shell.RunAsync([], false, "login", registry.Host);
        Assert.Equal("Login Succeeded\n", outcome.Output);
        Assert.Equal("Username: Password: \n", outcome.Error);
        Assert.Contains(registry.Host, await File.ReadAllTextAsync(ConfigPath), StringComparison.Ordinal);
    }

    // With the keyboard of a real terminal, whose echo is what would show the password.
    [SkippableFact]
    public async Task AtATerminalShowsNoPassword()
    {
        ToolRunner.Require("script");
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = new BasicAccount("typed-user", "typed-password").AuthorizeAsync });
        var tool = Path.Combine(AppContext.BaseDirectory, "dotnet-containerize.dll");
        const string Session = """
            cd "$1"; mkfifo keyboard
            HOME=$1 script -qefc "dotnet '$2' login $3; stty -a" screen < keyboard > /dev/null &
            exec 3> keyboard
            see() { n=0; until grep -q "$1" screen 2> /dev/null || [ $n -gt 300 ]; do sleep 0.1; n=$((n + 1)); done; }
            see 'Username: '; echo typed-user >&3
            see 'Password: '; echo typed-password >&3
            see 'echok'; exec 3>&-; wait; cat screen
            """;
        var screen = (await ToolRunner.RunAsync("sh", "-c", Session, "sh", _home.Path, tool, registry.Host)).Output;
        Assert.Contains("Login Succeeded", screen, StringComparison.Ordinal);
        Assert.Contains("typed-user", screen, StringComparison.Ordinal);
        Assert.DoesNotContain("typed-password", screen, StringComparison.Ordinal);
        // As it was before.
        Assert.Contains(" echo ", screen, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task InterruptedAtTheTerminalLeavesItAsItWas()
    {
        ToolRunner.Require("script");
        var tool = Path.Combine(AppContext.BaseDirectory, "dotnet-containerize.dll");
        const string Session = """
            cd "$1"; mkfifo keyboard
            set -m # else what runs in the background ignores interrupts
            HOME=$1 SHELL=/bin/sh script -qefc "trap : INT; dotnet '$2' login r.example -u u; echo code \$?; stty -a" screen < keyboard > /dev/null &
            exec 3> keyboard
            see() { n=0; until grep -q "$1" screen 2> /dev/null || [ $n -gt 300 ]; do sleep 0.1; n=$((n + 1)); done; }
            see 'Password: '; printf '\003' >&3
            see 'echok'; exec 3>&-; wait; cat screen
            """;
        var screen = (await ToolRunner.RunAsync("bash", "-c", Session, "bash", _home.Path, tool)).Output;
        Assert.Contains("Interrupted; nothing is left half.", screen, StringComparison.Ordinal);
        Assert.Contains("code 130", screen, StringComparison.Ordinal);
        Assert.Contains(" echo ", screen, StringComparison.Ordinal);
        Assert.False(File.Exists(ConfigPath));
    }

    [Theory]
    [InlineData("CTZ4027: logging in to r.example: no username was given, and there is no terminal to ask at", "login", "r.example")]
    [InlineData("CTZ4027: logging in to docker.io: no password was given, and there is no terminal to ask at", "login", "-u", "u")]
    [InlineData("CTZ4027: logging in to r.example: the password is empty", "login", "r.example", "-u", "u", "--password-stdin")]
    [InlineData("CTZ4024: reading the registry's name 'r.example/team'", "login", "r.example/team", "-u", "u", "-p", "p")]
    [InlineData("CTZ4024: reading the registry's name 'two words'", "logout", "two words")]
    public async Task WithoutWhatItNeedsSaysSo(string error, params string[] command)
    {
        var outcome = await _shell.RunAsync(command);
        Assert.Equal(1, outcome.Code);
        Assert.StartsWith("error " + error, outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(ConfigPath));
    }

    [Fact]
    public async Task ToWhatIsNoRegistrySaysSo()
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("GET", "/v2/").Always(Fault.Answer(404, "<html>hello"));
        var outcome = await _shell.RunAsync("login", registry.Host, "-u", "u", "-p", "canary-7321");
        Assert.Equal(1, outcome.Code);
        Assert.Contains($"error CTZ4023: logging in to {registry.Host} as u: the registry answered 404 NotFound: <html>hello", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(ConfigPath));
    }

    [Fact]
    public async Task ThroughAHelperKeepsNothingInTheFile()
    {
        await HelperAsync();
        await using var registry = await FaultRegistry.StartAsync(new FaultRegistryOptions { Authorize = new BasicAccount("u", "p").AuthorizeAsync });
        var config = _home.Write(".docker/config.json", $"{{\"credsStore\":\"vault\",\"auths\":{{\"{registry.Host}\":{{\"auth\":\"b2xkOm9sZA==\"}},\"other\":{{}}}}}}");
        var outcome = await _shell.RunAsync("login", registry.Host, "-u", "u", "-p", "p", "-v", "normal");
        Assert.Contains($"The credentials for {registry.Host} are kept in docker-credential-vault.", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("{\n\t\"credsStore\": \"vault\",\n\t\"auths\": {\n\t\t\"other\": {}\n\t}\n}\n", await File.ReadAllTextAsync(config));
        Assert.Equal($"{{\"ServerURL\":\"{registry.Host}\",\"Username\":\"u\",\"Secret\":\"p\"}}", await File.ReadAllTextAsync(_home["vault"]));
        await _shell.AddAppAsync($"{registry.Host}/app:1");
        var pushed = await _shell.RunAsync("push", $"{registry.Host}/app:1", "-v", "normal");
        Assert.Equal(0, pushed.Code);
        Assert.Contains($"The credentials for {registry.Host} are from docker-credential-vault.", pushed.Error, StringComparison.Ordinal);
        Assert.StartsWith("Removing login credentials", (await _shell.RunAsync("logout", registry.Host)).Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_home["vault"]));
        Assert.StartsWith("Not logged in", (await _shell.RunAsync("logout", registry.Host)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OutTellsOfWhatIsStillFound()
    {
        var podman = _home.Write(".config/containers/auth.json", """{"auths":{"r.example":{"auth":"dTpw"}}}""");
        var outcome = await _shell.RunAsync("logout", "r.example");
        Assert.Equal("Not logged in to r.example\n", outcome.Output);
        Assert.Equal($"There are still credentials for r.example: {podman}.\n", outcome.Error);
    }

    private static string ModeOf(string path) => ToolRunner.RunAsync("stat", "-c", "%A", path).GetAwaiter().GetResult().Succeeded().Trim();

    private async Task HelperAsync()
    {
        var source = _home.Write("helper", $"""
            #!/bin/sh
            case $1 in
              store) cat > '{_home["vault"]}';;
              get) cat '{_home["vault"]}' 2>/dev/null || (echo credentials not found in native keychain; exit 1);;
              erase) rm '{_home["vault"]}';;
            esac
            """);
        (await ToolRunner.RunAsync("install", "-m", "755", source, _home["bin/docker-credential-vault"])).Succeeded();
    }
}
