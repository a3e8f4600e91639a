using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Containerize.Package.Tests.Publishing;
using Containerize.Testing;

namespace Containerize.Package.Tests;

/// <summary>The package Containerize.Testing in a user's test project (testassets/WithTests), which starts the project that it tests.</summary>
public sealed partial class TestingWithContainers(TestingWithContainers.Tested shop) : IClassFixture<TestingWithContainers.Tested>
{
    /// <summary>A test project that is built, with images and containers of its own.</summary>
    public sealed class Tested : Workspace
    {
        public Tested()
        {
            Tests = this["Shop.Tests"];
            Copy("WithTests", ".");
            if (OperatingSystem.IsLinux())
            {
                Dotnet(Tests, null, "build", "-nologo").Succeeded();
            }
        }

        /// <summary>The folder of the test project.</summary>
        public string Tests { get; }

        /// <summary>The tool in the package.</summary>
        public string Tool => System.IO.Path.Combine(Product.Packages, "containerize.testing", Product.Version, "tools", Product.Platform, "dotnet-containerize");

        /// <summary>dotnet test of some of its classes.</summary>
        public ShellResult Test(IReadOnlyDictionary<string, string?>? environment, string filter) =>
            Dotnet(Tests, environment, "test", "--no-build", "-nologo", "--filter", filter);

        /// <summary>All that is left of containers: those that there are, and the fixtures' own folders.</summary>
        public string Left() =>
            Shell.RunIn(Path, Environment(), Tool, "ps", "-aq", "--no-trunc").Succeeded().Trim()
            + string.Concat(Directory.EnumerateDirectories(this["tmp"], "containerize-testing-*"));
    }

    [SkippableFact]
    public void IsGreenAndLeavesNothing()
    {
        Require();
        var ended = shop.Test(null, "FullyQualifiedName~AnOpenShop|FullyQualifiedName~SeveralShops");
        Assert.Contains("Passed:     8, Skipped:     0, Total:     8", ended.Succeeded(), StringComparison.Ordinal);
        Assert.Equal("", shop.Left());
    }

    [SkippableFact]
    public void SaysWhatWentWrongAndLeavesNothing()
    {
        Require();
        var messages = Directory.CreateDirectory(shop["messages"]).FullName;
        shop.Test(new Dictionary<string, string?> { ["MESSAGES"] = messages }, "FullyQualifiedName~Trouble").Succeeded();
        Verify.Text(string.Join("\n\n", Directory.EnumerateFiles(messages).Order(StringComparer.Ordinal).Select(f => $"{Path.GetFileName(f)}\n{Neutral(File.ReadAllText(f))}")));
        Assert.Equal("", shop.Left());
    }

    [SkippableFact]
    public async Task TheContainerGoesWithAKilledTestProcess()
    {
        Require();
        var owner = shop["owner"];
        var variables = shop.Environment();
        variables["OWNER"] = owner;
        using var tests = Shell.Start(shop.Tests, variables, "dotnet", "test", "--no-build", "-nologo", "--filter", "FullyQualifiedName~AShopWhoseOwnerVanishes");
        await UntilAsync(() => File.Exists(owner) || tests.HasEnded);
        Assert.False(tests.HasEnded, tests.Output);
        var words = File.ReadAllText(owner).Split(' ');
        Assert.Equal(words[1], shop.Left());
        using (var process = Process.GetProcessById(int.Parse(words[0], CultureInfo.InvariantCulture)))
        {
            process.Kill();
        }

        await UntilAsync(() => shop.Left().Length == 0);
        Assert.Equal("", shop.Left());
    }

    [SkippableFact]
    public void IsGreenForAPlainUser()
    {
        Require();
        Skip.IfNot(Environment.IsPrivilegedProcess && Shell.Has("setpriv") && Shell.Has("newuidmap"), "setpriv or newuidmap is missing, or we are not root");
        var user = SubordinateIds.Find().Uid.ToString(CultureInfo.InvariantCulture);
        // Nothing of ours may be needed: the packages come from the feeds, into the user's own folder.
        using var there = new Workspace();
        var feed = Directory.CreateDirectory(there["feed"]).FullName;
        foreach (var package in Directory.EnumerateFiles(there.Product.Feed, "*.nupkg"))
        {
            File.Copy(package, Path.Combine(feed, Path.GetFileName(package)));
        }

        there.Write("nuget.config", $"<configuration><packageSources><add key=\"under-test\" value=\"{feed}\" /></packageSources></configuration>");
        there.Copy("WithTests", ".");
        const string Script = """
            mkdir home
            chown -R "$1:$1" .
            exec setpriv --reuid "$1" --regid "$1" --clear-groups env HOME=$PWD/home NUGET_PACKAGES=$PWD/packages NUGET_SCRATCH=$PWD/scratch "${@:2}"
            """;
        var ended = Shell.RunIn(there.Path, there.Environment(), "bash", "-c", Script, "bash", user, "dotnet", "test", "Shop.Tests", "-nologo", "--filter", "FullyQualifiedName~AnOpenShop|FullyQualifiedName~SeveralShops");
        Assert.Contains("Passed:     8, Skipped:     0, Total:     8", ended.Succeeded(), StringComparison.Ordinal);
    }

    private static void Require() => Skip.IfNot(OperatingSystem.IsLinux(), "containers run on Linux");

    private static async Task UntilAsync(Func<bool> so)
    {
        for (var i = 0; i < 600 && !so(); i++)
        {
            await Task.Delay(200);
        }
    }

    // What the engine has to say of this machine is not the container's.
    private string Neutral(string message) => Warning().Replace(message.Replace(shop.Path, "/work", StringComparison.Ordinal), "");

    [GeneratedRegex(@"\n  \| warning: [^\n]*")]
    private static partial Regex Warning();
}
