using Containerize.Images;
using Containerize.Registries;
using Containerize.Registries.Configuration;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Registries;

/// <summary>registries.conf as containers-registries.conf(5) has it, and daemon.json.</summary>
public sealed class FollowingRegistriesConf : IDisposable
{
    private readonly TemporaryFolder _etc = new();
    private readonly List<string> _said = [];

    public void Dispose() => _etc.Dispose();

    [Theory]
    [InlineData("r.test/app:1", "[[registry]]\nlocation=\"r.test\"", "r.test/app:1")]
    [InlineData("r.test/app:1", "[[registry]]\nprefix=\"r.test\"\nlocation=\"in.test:5000/r\"", "in.test:5000/r/app:1")]
    [InlineData("r.test/a/b:1", "[[registry]]\nprefix=\"r.test/a\"\nlocation=\"in.test/x\"", "in.test/x/b:1")]
    [InlineData("r.test/ab:1", "[[registry]]\nprefix=\"r.test/a\"\nlocation=\"in.test/x\"", "r.test/ab:1")]
    [InlineData("s.r.test/a:1", "[[registry]]\nprefix=\"*.r.test\"\nlocation=\"in.test\"", "in.test/a:1")]
    [InlineData("r.test/a:1", "[[registry]]\nprefix=\"*.r.test\"\nlocation=\"in.test\"", "r.test/a:1")]
    [InlineData("r.test/a/b:1", "[[registry]]\nprefix=\"r.test\"\nlocation=\"x.test\"\n[[registry]]\nprefix=\"r.test/a\"\nlocation=\"y.test\"", "y.test/b:1")]
    [InlineData("app", "[[registry]]\nlocation=\"docker.io\"\n[[registry.mirror]]\nlocation=\"m.test/hub\"", "m.test/hub/library/app:latest docker.io/library/app:latest")]
    [InlineData("r.test/a:1", "[[registry]]\nlocation=\"r.test\"\n[[registry.mirror]]\nlocation=\"m.test\"\ninsecure=true\n[[registry.mirror]]\nlocation=\"n.test:5000\"", "m.test/a:1! n.test:5000/a:1 r.test/a:1")]
    [InlineData("r.test/a:1", "[[registry]]\nlocation=\"r.test\"\nmirror-by-digest-only=true\n[[registry.mirror]]\nlocation=\"m.test\"", "r.test/a:1")]
    [InlineData("r.test/a:1", "[[registry]]\nlocation=\"r.test\"\n[[registry.mirror]]\nlocation=\"m.test\"\npull-from-mirror=\"tag-only\"", "m.test/a:1 r.test/a:1")]
    [InlineData("r.test/a:1", "[[registry]]\nlocation=\"r.test\"\n[[registry.mirror]]\nlocation=\"m.test\"\npull-from-mirror=\"digest-only\"", "r.test/a:1")]
    [InlineData("r.test/a:1", "[[registry]]\nlocation=\"r.test\"\ninsecure=true", "r.test/a:1!")]
    public void AnImageIsLookedForThere(string name, string conf, string places) => Assert.Equal(places, Pull(name, conf));

    [Fact]
    public void ByDigestAMirrorForDigestsIsAsked()
    {
        var digest = "sha256:" + new string('a', 64);
        const string Conf = "[[registry]]\nlocation=\"r.test\"\nmirror-by-digest-only=true\n[[registry.mirror]]\nlocation=\"m.test\"";
        Assert.Equal($"m.test/a@{digest} r.test/a@{digest}", Pull($"r.test/a@{digest}", Conf));
    }

    [Fact]
    public void APushGoesToTheRegistryItself()
    {
        Write("containers/registries.conf", "[[registry]]\nlocation=\"r.test\"\ninsecure=true\n[[registry.mirror]]\nlocation=\"m.test\"");
        Assert.Equal("r.test/a:1!", Text(Read().Own(Reference.Parse("r.test/a:1"))));
    }

    [Fact]
    public void ABlockedRegistryIsNotReached()
    {
        Write("containers/registries.conf", "[[registry]]\nlocation=\"r.test\"\nblocked=true");
        Assert.Equal(4030, Assert.Throws<ContainerizeException>(() => Read().Pull(Reference.Parse("r.test/a:1"))).Number);
        Assert.Equal(4030, Assert.Throws<ContainerizeException>(() => Read().Own(Reference.Parse("r.test/a:1"))).Number);
    }

    [Fact]
    public void AFileInRegistriesConfDHasTheLastWord()
    {
        Write("containers/registries.conf", "[[registry]]\nprefix=\"r.test\"\nlocation=\"a.test\"");
        Write("containers/registries.conf.d/50.conf", "[[registry]]\nprefix=\"r.test\"\nlocation=\"b.test\"");
        Write("containers/registries.conf.d/60.other", "[[registry]]\nprefix=\"r.test\"\nlocation=\"c.test\"");
        Assert.Equal("b.test/a:1", string.Join(' ', Read().Pull(Reference.Parse("r.test/a:1")).Select(Text)));
    }

    [Theory]
    [InlineData("[[registry]]\nlocation=", "")]
    [InlineData("[[registry]]\ninsecure=true", "neither a prefix nor a location")]
    [InlineData("[[registry]]\nlocation=\"r.test\"\n[[registry.mirror]]\ninsecure=true", "a mirror has no location")]
    [InlineData("[[registry]]\nlocation=\"r.test\"\n[[registry.mirror]]\nlocation=\"m.test\"\npull-from-mirror=\"x\"", "pull-from-mirror is 'x'")]
    [InlineData("[[registry]]\nlocation=5", "")]
    public void AFileThatCannotBeUnderstoodIsNamedAndLeftOut(string conf, string why)
    {
        Assert.Equal("r.test/a:1", Pull("r.test/a:1", conf));
        var said = Assert.Single(_said);
        Assert.StartsWith($"{_etc["containers/registries.conf"]} is left out: ", said, StringComparison.Ordinal);
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r.test/a:1", """{"insecure-registries":["r.test"]}""", "r.test/a:1!")]
    [InlineData("10.1.2.3:5000/a:1", """{"insecure-registries":["10.0.0.0/8"]}""", "10.1.2.3:5000/a:1!")]
    [InlineData("11.1.2.3:5000/a:1", """{"insecure-registries":["10.0.0.0/8"]}""", "11.1.2.3:5000/a:1")]
    [InlineData("app", """{"registry-mirrors":["https://m.test/","http://n.test:5000"]}""", "m.test/library/app:latest n.test:5000/library/app:latest! docker.io/library/app:latest")]
    [InlineData("r.test/a:1", """{"registry-mirrors":["https://m.test"]}""", "r.test/a:1")]
    [InlineData("r.test/a:1", """{"registry-mirrors":5,"insecure-registries":{}}""", "r.test/a:1")]
    public void DockersDaemonSaysToo(string name, string json, string places)
    {
        Write("docker/daemon.json", json);
        Assert.Equal(places, string.Join(' ', Read().Pull(Reference.Parse(name)).Select(Text)));
    }

    [Fact]
    public async Task TheFirstMirrorThatHasItGivesIt()
    {
        await using var empty = await FaultRegistry.StartAsync();
        await using var full = await FaultRegistry.StartAsync();
        await using var own = await FaultRegistry.StartAsync();
        using var machine = new Machine();
        var sample = SampleImages.Create(["one"]);
        await machine.PushAsync(sample, $"{full.Host}/copy/app:1");
        Write("containers/registries.conf", $"[[registry]]\nprefix=\"r.test\"\nlocation=\"{own.Host}\"\n[[registry.mirror]]\nlocation=\"{empty.Host}\"\n[[registry.mirror]]\nlocation=\"{full.Host}/copy\"");
        using var other = new Machine();
        using var client = other.Client(o => o with { Etc = _etc.Path });
        var pulled = (Image)await Task.Run(() => client.PullSource(Reference.Parse("r.test/app:1")).ReadAsync(CancellationToken.None));
        Assert.Equal(await SampleImages.ReadLayersAsync(sample), await SampleImages.ReadLayersAsync(pulled));
        Assert.NotEmpty(empty.Requests);
        Assert.Empty(own.Requests);
        Assert.Contains(other.Said, line => line.Contains(empty.Host, StringComparison.Ordinal) && line.EndsWith("The next place is asked.", StringComparison.Ordinal));
    }

    private string Pull(string name, string conf)
    {
        Write("containers/registries.conf", conf);
        return string.Join(' ', Read().Pull(Reference.Parse(name)).Select(Text));
    }

    private RegistryConfiguration Read() => RegistryConfiguration.Read(new RegistryOptions { Environment = _ => null, Etc = _etc.Path, Report = _said.Add });

    private static string Text(RegistryRoute route) => route.Reference.Canonical + (route.IsInsecure ? "!" : "");

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_etc[path])!);
        File.WriteAllText(_etc[path], text);
    }
}
