using Containerize.Planning;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Planning;

public class PlanningAWebApp
{
    [Fact]
    public void SaysEverythingAboutTheImage()
    {
        using var project = Project.WebApp()
            .With("Description", "Sells tea: by the cup; or the pot")
            .Item("ContainerEnvironmentVariable", "URL", ("Value", "http://+:8080;https://+:8443"))
            .Item("ContainerPort", "9000", ("Type", "udp"))
            .Item("ContainerLabel", "team", ("Value", "a:b;c"));

        Verify.Text(project.Plan().ToJson());
    }

    [Fact]
    public void HasOnePackageLayerForTheSamePackagesWhateverTheApp()
    {
        using var one = Project.WebApp();
        using var other = Project.WebApp().File("Another.Controller.dll").With("AssemblyName", "Shop.Api");

        Assert.Equal(Paths(one, "packages"), Paths(other, "packages"));
        Assert.NotEqual(Paths(one, "app"), Paths(other, "app"));

        static string Paths(Project project, string layer) => string.Join('\n', project.Plan().Layers.Single(l => l.Name == layer).Entries.Select(e => e.Path));
    }

    [Fact]
    public void LeavesTheBasesOwnFoldersAlone()
    {
        using var project = Project.WebApp();
        project
            .Item("ContainerFile", "ca.pem", ("FullPath", project.Elsewhere("ca.pem")), ("TargetPath", "/lib/ssl/ca.pem"), ("Mode", "600"), ("Owner", "app"))
            .Item("ContainerWritableDirectory", "data")
            .Item("ContainerWritableDirectory", "/var/lib/shop", ("Owner", "1000:2000"), ("Mode", "770"));

        Verify.Text(string.Join('\n', project.Plan().Layers.Take(2).SelectMany(l =>
            l.Entries.Select(e => $"{l.Name} {e.Kind} {Convert.ToString(e.Mode, 8)} {e.Uid}:{e.Gid} {e.Path}"))));
    }

    [Fact]
    public void KeepsAWritableFolderWritableWhereTheAppHasFilesInIt()
    {
        using var project = Project.WebApp().File("data/seed.json").Item("ContainerWritableDirectory", "data");

        var folders = project.Plan().Layers.SelectMany(l => l.Entries).Where(e => e.Path == "app/data").ToList();

        Assert.Equal(2, folders.Count);
        Assert.All(folders, f => Assert.Equal(1654, f.Uid));
    }

    [Fact]
    public void RefusesTwoFilesForOnePlaceAndNamesBoth()
    {
        using var project = Project.WebApp();
        var source = project.Elsewhere("settings.json");
        project.Item("ContainerFile", "settings.json", ("FullPath", source), ("TargetPath", "/app/appsettings.json"));

        var e = Assert.Throws<ContainerizeException>(project.Plan);

        Assert.Equal(2001, e.Number);
        Assert.Contains(source, e.Message, StringComparison.Ordinal);
        Assert.Contains("publish/appsettings.json", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TakesSourceDateEpochForEveryTime()
    {
        using var project = Project.WebApp().With("SOURCE_DATE_EPOCH", "1700000000");

        var plan = project.Plan();

        Assert.Equal("2023-11-14T22:13:20Z", plan.Config.Created);
        Assert.All(plan.Layers, l => Assert.Equal(1700000000, l.ModifiedTime.ToUnixTimeSeconds()));
        Assert.Equal("2023-11-14T22:13:20Z", plan.Config.Config!.Labels!["org.opencontainers.image.created"]);
    }
}
