using Containerize.Tool.Containers;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary><c>--since</c> and <c>--until</c>, as docker takes them.</summary>
public class NamingATime
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("10m", "2026-01-31T11:50:00Z")]
    [InlineData("1h30m", "2026-01-31T10:30:00Z")]
    [InlineData("0s", "2026-01-31T12:00:00Z")]
    [InlineData("2026-01-30T08:00:00Z", "2026-01-30T08:00:00Z")]
    [InlineData("1769846400.5", "2026-01-31T08:00:00.5Z")]
    public void TakesATimeAndADuration(string text, string time) =>
        Assert.Equal(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture), TimeOption.Parse("--since", text, Now));

    [Theory]
    [InlineData("yesterday")]
    [InlineData("")]
    [InlineData("-10m")]
    [InlineData("2026-13-01")]
    public void OfAnythingElseSaysThatThereAreBoth(string text)
    {
        var failure = Assert.Throws<ContainerizeException>(() => TimeOption.Parse("--since", text, Now));
        Assert.Equal(
            $"reading --since {text}: it is neither a time nor a duration. Write a time such as 2026-01-31T08:00:00 or 2026-01-31, or how long ago it is, such as 10m or 1h30m.", failure.Message);
        Assert.Equal(5020, failure.Number);
    }
}
