using Xunit;

namespace Shop.Tests;

public class AnOpenShop(ShopContainer shop) : IClassFixture<ShopContainer>
{
    [Fact]
    public async Task Greets() => Assert.Equal("Good morning from app", await shop.HttpClient.GetStringAsync("/"));

    [Fact]
    public async Task HasPrices() => Assert.Equal("bread 2\n", await shop.HttpClient.GetStringAsync(shop.Address(8080) + "prices"));

    [Fact]
    public async Task Counts()
    {
        var counted = await shop.ExecAsync("/app/Shop", "--count", "apples and pears");
        Assert.Equal((5, "counting apples and pears\n", "there are none\n"), (counted.ExitCode, counted.Output, counted.Error));
    }

    [Fact]
    public void HasSaidThatItIsOpen()
    {
        Assert.Contains("the shop is open", shop.Logs.Split('\n'));
        Assert.Null(shop.ExitCode);
    }
}
