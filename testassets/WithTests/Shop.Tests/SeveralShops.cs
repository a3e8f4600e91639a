using Containerize.Testing;
using Xunit;

namespace Shop.Tests;

public class SeveralShops
{
    [Fact]
    public async Task AreOpenAtOnce()
    {
        var shops = Enumerable.Range(0, 4).Select(i => new ContainerFixture(ShopContainer.Options with { User = $"{2000 + i}" })).ToList();
        try
        {
            await Task.WhenAll(shops.Select(shop => shop.StartAsync()));
            Assert.Equal(4, shops.Select(shop => shop.Address(8080)).Distinct().Count());
            Assert.All(await Task.WhenAll(shops.Select(shop => shop.HttpClient.GetStringAsync("/"))), greeting => Assert.StartsWith("Hello", greeting));
        }
        finally
        {
            await Task.WhenAll(shops.Select(shop => shop.DisposeAsync()));
        }
    }

    [Fact]
    public async Task OfOneStreetKnowEachOther()
    {
        var street = ShopContainer.Options with { Network = $"street-{Guid.NewGuid():N}" };
        await using var baker = new ContainerFixture(street with { NetworkAlias = "baker", Environment = new Dictionary<string, string> { ["GREETING"] = "Bread" } });
        await using var butcher = new ContainerFixture(street with { NetworkAlias = "butcher" });
        await Task.WhenAll(baker.StartAsync(), butcher.StartAsync());
        Assert.Equal("Bread from app", await butcher.HttpClient.GetStringAsync("/neighbour?name=baker"));
    }

    [Fact]
    public async Task CloseWhenTheyAreAsked()
    {
        await using var shop = new ContainerFixture(ShopContainer.Options);
        await shop.StartAsync();
        Assert.Equal(0, await shop.StopAsync());
        Assert.Equal((0, "the shop is open\nthe shop is closed"), (shop.ExitCode, string.Join('\n', shop.Logs.Split('\n').Where(line => line.StartsWith("the shop")))));
    }

    [Fact]
    public async Task OnlyCount()
    {
        await using var shop = new ContainerFixture(ContainerFixture.ForProject("../Shop/Shop.csproj") with { Command = ["--is-open"], Wait = [WaitFor.Exit()] });
        await shop.StartAsync();
        Assert.Equal(0, shop.ExitCode);
    }
}
