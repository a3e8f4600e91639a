using System.Net;
using Containerize.Testing;
using Xunit;

namespace Shop.Tests;

// Each message is left where MESSAGES says.
public class Trouble
{
    private static readonly WaitCondition Open = WaitFor.Log("^the shop is open$");

    [Fact]
    public Task AShopThatEnds() => FailAsync(ShopContainer.Options with { Environment = new Dictionary<string, string> { ["DATABASE"] = "db:5432" } });

    [Fact]
    public Task AShopThatIsNeverReady() => FailAsync(ShopContainer.Options with { Wait = [Open, WaitFor.Http("/absent", HttpStatusCode.NoContent)], StartTimeout = TimeSpan.FromSeconds(20) });

    [Fact]
    public Task AShopThatSaysSomethingElse() => FailAsync(ContainerFixture.ForProject("../Shop") with { Command = ["--is-open"], Wait = [WaitFor.Log("ajar")] });

    [Fact]
    public Task AShopThatIsClosed() =>
        FailAsync(ShopContainer.Options with { Wait = [Open, WaitFor.HealthCheck()], Environment = new Dictionary<string, string> { ["CLOSED"] = "the till is locked" } });

    [Fact]
    public Task APortThatIsNotPublished() => FailAsync(ShopContainer.Options with { Wait = [WaitFor.Http("/", port: 9090)] });

    [Fact]
    public Task AProgramThatIsNotThere() => FailAsync(ShopContainer.Options with { RunOptions = ["--entrypoint", "/app/absent"] });

    [Fact]
    public Task AnImageThatIsNotThere() => FailAsync(ContainerFixture.ForImage("oci:/absent"));

    [Fact]
    public Task AProjectThatIsNotThere() => FailAsync(ContainerFixture.ForProject("../Absent"));

    [Fact]
    public Task AToolThatIsNotThere() => FailAsync(ShopContainer.Options with { Tool = "/absent/dotnet-containerize" });

    private static async Task FailAsync(ContainerOptions options, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        await using var shop = new ContainerFixture(options);
        var failure = await Assert.ThrowsAsync<ContainerFixtureException>(() => shop.StartAsync());
        if (Environment.GetEnvironmentVariable("MESSAGES") is { } folder)
        {
            File.WriteAllText(Path.Combine(folder, name), failure.Message);
        }
    }
}
