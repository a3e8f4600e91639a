using Containerize.Bases;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.EmbeddedBases;

public sealed class ChoosingTheEmbeddedPackages : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("containerize-packages-").FullName;

    [Fact]
    public void TakesTheOperatingSystemThenTheFrameworksInTheirOrder() =>
        Assert.Equal(
            [
                new EmbeddedPackage("Containerize.Base.linux-arm64", "1.2.3"),
                new EmbeddedPackage("Microsoft.NETCore.App.Runtime.linux-arm64", "10.0.1"),
                new EmbeddedPackage("Microsoft.AspNetCore.App.Runtime.linux-arm64", "10.0.2"),
            ],
            EmbeddedBasePackages.Required(
                "linux-arm64",
                new Dictionary<string, string> { ["Microsoft.AspNetCore.App"] = "10.0.2", ["Microsoft.NETCore.App"] = "10.0.1" },
                "1.2.3"));

    [Fact]
    public void AddsTheRuntimeThatAspNetCoreNeeds() =>
        Assert.Equal(
            ["Containerize.Base.linux-x64", "Microsoft.NETCore.App.Runtime.linux-x64", "Microsoft.AspNetCore.App.Runtime.linux-x64"],
            EmbeddedBasePackages.Required("linux-x64", new Dictionary<string, string> { ["Microsoft.AspNetCore.App"] = "10.0.2" }, "1.2.3").Select(p => p.Id));

    [Fact]
    public void TakesTheOperatingSystemAloneForSelfContainedApps() =>
        Assert.Equal(["Containerize.Base.linux-x64"], EmbeddedBasePackages.Required("linux-x64", new Dictionary<string, string>(), "1.2.3").Select(p => p.Id));

    [Theory]
    [InlineData("linux-musl-x64")]
    [InlineData("linux-arm")]
    [InlineData("win-x64")]
    public void SaysWhatElseToUseWhereThereIsNone(string rid)
    {
        var failure = Assert.Throws<ContainerizeException>(() => EmbeddedBasePackages.Required(rid, new Dictionary<string, string>(), "1.2.3"));
        Assert.Equal(3050, failure.Number);
        Verify.Text(failure.Message + "\n", rid);
    }

    [Fact]
    public void RefusesFrameworksThatHaveNoRuntimeForLinux() =>
        Assert.Equal(
            3050,
            Assert.Throws<ContainerizeException>(() =>
                EmbeddedBasePackages.Required("linux-x64", new Dictionary<string, string> { ["Microsoft.WindowsDesktop.App"] = "10.0.1" }, "1.2.3")).Number);

    [Fact]
    public void FindsWhatNuGetHasCompletelyUnpacked()
    {
        var package = new EmbeddedPackage("Containerize.Base.linux-x64", "1.2.3-Beta.1+build");
        var first = Path.Combine(_root, "first", "containerize.base.linux-x64", "1.2.3-beta.1");
        var second = Path.Combine(_root, "second", "containerize.base.linux-x64", "1.2.3-beta.1");
        Directory.CreateDirectory(first);
        Directory.CreateDirectory(second);
        string[] roots = [Path.Combine(_root, "first"), Path.Combine(_root, "second")];
        Assert.Null(EmbeddedBasePackages.Find(package, roots));
        File.WriteAllText(Path.Combine(second, ".nupkg.metadata"), "{}");
        Assert.Equal(second, EmbeddedBasePackages.Find(package, roots));
        File.WriteAllText(Path.Combine(first, ".nupkg.metadata"), "{}");
        Assert.Equal(first, EmbeddedBasePackages.Find(package, roots));
    }

    [Theory]
    [InlineData("..", "1.2.3")]
    [InlineData("a", "../a/1.2.3")]
    [InlineData("a", "")]
    public void NeverLooksOutsideTheRoots(string id, string version)
    {
        Directory.CreateDirectory(Path.Combine(_root, "a", "1.2.3"));
        File.WriteAllText(Path.Combine(_root, "a", "1.2.3", ".nupkg.metadata"), "{}");
        File.WriteAllText(Path.Combine(_root, "a", ".nupkg.metadata"), "{}");
        Assert.Null(EmbeddedBasePackages.Find(new EmbeddedPackage(id, version), [_root, Path.Combine(_root, "a")]));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
