using Xunit;

namespace Shop.Tests;

// Only where somebody waits for the process's number, to kill it.
public class AShopWhoseOwnerVanishes(ShopContainer shop) : IClassFixture<ShopContainer>
{
    [Fact]
    public async Task StaysOpen()
    {
        if (Environment.GetEnvironmentVariable("OWNER") is { } file)
        {
            await File.WriteAllTextAsync(file + ".new", $"{Environment.ProcessId} {shop.Id}");
            File.Move(file + ".new", file);
            await Task.Delay(TimeSpan.FromMinutes(5));
        }
    }
}
