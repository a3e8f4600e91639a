using Containerize.Building;
using Containerize.Planning;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Planning;

public class ReadingSettings
{
    [Theory]
    [InlineData("ContainerWorkingDirectory", "app")]
    [InlineData("ContainerWorkingDirectory", "/")]
    [InlineData("ContainerWorkingDirectory", "/a/../b")]
    [InlineData("ContainerImageFormat", "Dokcer")]
    [InlineData("ContainerCompression", "brotli")]
    [InlineData("ContainerAppCommandInstruction", "Cmd")]
    [InlineData("ContainerStopSignal", "TERM!")]
    [InlineData("ContainerHealthcheckRetries", "0")]
    [InlineData("ContainerHealthcheckInterval", "30")]
    [InlineData("ContainerGenerateLabels", "yes")]
    [InlineData("SOURCE_DATE_EPOCH", "yesterday")]
    [InlineData("ContainerImageTag", "a!b")]
    [InlineData("ContainerImageTags", "good;-bad")]
    [InlineData("ContainerRepository", "//")]
    public void SaysWhichPropertyIsWrongAndWhatToWrite(string property, string value)
    {
        using var project = Project.WebApp().With(property, value);

        var e = Assert.Throws<ContainerizeException>(() => Read(project));

        Assert.Equal(1010, e.Number);
        Verify.Text(e.Message, $"{property}-{string.Concat(value.Where(char.IsAsciiLetterOrDigit))}");
    }

    [Theory]
    [InlineData("ContainerPort", "http")]
    [InlineData("ContainerPort", "70000")]
    [InlineData("ContainerEnvironmentVariable", "1UP")]
    [InlineData("ContainerVolume", "/a/../b")]
    [InlineData("ContainerFile", "no-target")]
    [InlineData("ContainerWritableDirectory", "../up")]
    public void SaysWhichItemIsWrongAndWhatToWrite(string item, string value)
    {
        using var project = Project.WebApp().Item(item, value);

        var e = Assert.Throws<ContainerizeException>(() => Read(project));

        Assert.Equal(1010, e.Number);
        Verify.Text(e.Message, $"{item}-{string.Concat(value.Where(char.IsAsciiLetterOrDigit))}");
    }

    [Fact]
    public void RefusesAHealthCheckThatContradictsItself()
    {
        using var project = Project.WebApp().With("ContainerHealthcheck", "NONE").With("ContainerHealthcheckInterval", "30s");

        Assert.Equal(1011, Assert.Throws<ContainerizeException>(() => Read(project)).Number);
    }

    [Fact]
    public void RefusesZstdInADockerManifest()
    {
        using var project = Project.WebApp().With("ContainerCompression", "zstd").With("ContainerImageFormat", "docker");

        Assert.Equal(1011, Assert.Throws<ContainerizeException>(() => Read(project)).Number);
    }

    [Theory]
    [InlineData("30s", 30_000_000_000)]
    [InlineData("1m30s", 90_000_000_000)]
    [InlineData("1.5h", 5_400_000_000_000)]
    [InlineData("500ms", 500_000_000)]
    public void ReadsDurationsAsGoDoes(string text, long nanoseconds) => Assert.Equal(nanoseconds, GoDuration.Parse("x", text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("-1s")]
    [InlineData("1d")]
    [InlineData("1s2")]
    [InlineData("0s")]
    [InlineData("99999999999h")]
    public void RefusesOtherDurations(string text) => Assert.Equal(1010, Assert.Throws<ContainerizeException>(() => GoDuration.Parse("x", text)).Number);

    [Theory]
    [InlineData("ASPNETCORE_URLS=http://+:8080;https://[::1]:8443/base;http://host", "8080/tcp 8443/tcp 80/tcp")]
    [InlineData("ASPNETCORE_HTTP_PORTS=8080;9090|ASPNETCORE_HTTPS_PORTS=8443", "8080/tcp 9090/tcp 8443/tcp")]
    [InlineData("ASPNETCORE_URLS=http://*:5000|ASPNETCORE_HTTP_PORTS=8080", "5000/tcp")]
    [InlineData("ASPNETCORE_HTTP_PORTS=none;0;65536", "")]
    public void FindsTheAppsPortsInTheEnvironment(string environment, string expected) =>
        Assert.Equal(expected, string.Join(' ', Ports.Of(environment.Split('|').Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1]))));

    [Theory]
    [InlineData("", "embedded")]
    [InlineData("ContainerFamily=alpine", "mcr.microsoft.com/dotnet/aspnet:10.0-alpine")]
    [InlineData("ContainerFamily=noble-chiseled", "mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra")]
    [InlineData("ContainerFamily=noble-chiseled|InvariantGlobalization=true", "mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled")]
    [InlineData("ContainerRuntimeIdentifier=linux-musl-x64", "mcr.microsoft.com/dotnet/aspnet:10.0-alpine")]
    [InlineData("ContainerRuntimeIdentifier=linux-arm", "mcr.microsoft.com/dotnet/aspnet:10.0")]
    [InlineData("ContainerRuntimeIdentifier=linux-arm|SelfContained=true", "mcr.microsoft.com/dotnet/runtime-deps:10.0")]
    [InlineData("ContainerRuntimeIdentifier=linux-arm|PublishAot=true", "mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled-extra")]
    [InlineData("ContainerBaseImage=scratch|ContainerFamily=alpine", "scratch")]
    public void ChoosesTheBase(string properties, string expected)
    {
        using var project = Project.WebApp().Item("Framework", "Microsoft.AspNetCore.App");
        foreach (var pair in properties.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')))
        {
            project.With(pair[0], pair[1]);
        }

        var facts = ProjectFacts.Read(project.Values());
        Assert.Equal(expected, BaseInference.Choose(ImageSettingsReader.Read(project.Values(), facts.RuntimeIdentifier), facts).Name);
    }

    [Theory]
    [InlineData("My App", "", "my-app:latest")]
    [InlineData("Shop.Api", "1.0;latest", "shop.api:1.0 shop.api:latest")]
    [InlineData("Shop.Api", "my branch", "shop.api:my-branch")]
    public void NamesTheImageAsTheSdkDoes(string assembly, string tags, string expected)
    {
        using var project = Project.WebApp().With("AssemblyName", assembly).With("ContainerImageTags", tags);

        Assert.Equal(expected, string.Join(' ', ImageNames.Read(project.Values(), DateTimeOffset.UnixEpoch).References));
    }

    private static void Read(Project project)
    {
        ImageNames.Read(project.Values(), DateTimeOffset.UnixEpoch);
        project.Plan();
    }
}
