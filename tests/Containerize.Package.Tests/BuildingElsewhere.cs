using Containerize.Package.Tests.Publishing;

namespace Containerize.Package.Tests;

/// <summary>The same sources on other machines, as far as one machine can be several: one digest.</summary>
public sealed class BuildingElsewhere(BuildingElsewhere.Published here) : IClassFixture<BuildingElsewhere.Published>
{
    public sealed class Published : Workspace
    {
        public Published() => Digest = Publish(Copy("WebApi")).Image.Digest;

        public string Digest { get; }
    }

    [Fact]
    public void AnotherFolderHomeLanguageTimeZoneAndParallelism()
    {
        using var there = new Workspace();
        var home = Directory.CreateDirectory(there["home"]).FullName;
        var variables = new Dictionary<string, string?>
        {
            ["HOME"] = home,
            ["DOTNET_CLI_HOME"] = home,
            ["TZ"] = "Pacific/Kiritimati",
            ["LANG"] = "tr_TR.UTF-8",
            ["LC_ALL"] = null,
            ["DOTNET_EnableHWIntrinsic"] = "0",
        };
        Assert.Equal(here.Digest, there.Publish(there.Copy("WebApi", "deep/er/WebApi"), variables, "-m:8").Image.Digest);
    }

    [SkippableFact]
    public void AnotherTimeAndUmask()
    {
        Skip.IfNot(Shell.Has("faketime"), "faketime is missing");
        Assert.Equal(here.Digest, Through("umask 0077; exec faketime '2031-02-03 04:05:06' \"$@\"", "-m:1"));
    }

    [SkippableFact]
    public void AnotherUser()
    {
        Skip.IfNot(Shell.Has("setpriv") && Environment.IsPrivilegedProcess, "setpriv is missing, or we are not root");
        // Nothing of ours may be needed: the packages come from the feeds, into the user's own folder.
        using var there = new Workspace();
        var feed = Directory.CreateDirectory(there["feed"]).FullName;
        foreach (var package in Directory.EnumerateFiles(there.Product.Feed, "*.nupkg"))
        {
            File.Copy(package, Path.Combine(feed, Path.GetFileName(package)));
        }

        there.Write("nuget.config", $"<configuration><packageSources><add key=\"under-test\" value=\"{feed}\" /></packageSources></configuration>");
        const string Script = """
            umask 0000
            mkdir home
            chmod -R a+rwX .
            exec setpriv --reuid 4321 --regid 4321 --clear-groups env HOME=$PWD/home NUGET_PACKAGES=$PWD/packages NUGET_SCRATCH=$PWD/scratch "$@"
            """;
        Assert.Equal(here.Digest, Through(there, Script, "-m:2"));
    }

    private static string Through(string script, string argument)
    {
        using var there = new Workspace();
        return Through(there, script, argument);
    }

    private static string Through(Workspace there, string script, string argument)
    {
        var project = there.Copy("WebApi");
        var ended = Shell.RunIn(there.Path, there.Environment(), "bash", "-c", script, "bash", "dotnet", "publish", project, "-t:Containerize", argument);
        Assert.True(ended.ExitCode == 0, ended.Output);
        return "sha256:" + ended.Output.Split("webapi:latest@sha256:")[1][..64];
    }
}
