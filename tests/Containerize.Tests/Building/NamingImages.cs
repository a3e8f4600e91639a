using Containerize.Building;
using Containerize.Planning;
using Xunit;

namespace Containerize.Tests.Building;

public class NamingImages
{
    [Theory]
    [InlineData("", "app:1 app:2")]
    [InlineData("ContainerRegistry=localhost:5000/", "localhost:5000/app:1 localhost:5000/app:2")]
    [InlineData("ContainerRegistry=https://one.example RegistryUrl=two.example", "two.example/app:1 two.example/app:2")]
    [InlineData("ContainerRegistries=one.example;https://two.example;;one.example", "one.example/app:1 one.example/app:2 two.example/app:1 two.example/app:2")]
    [InlineData("ContainerRegistry=one.example ContainerRegistries=two.example;one.example", "one.example/app:1 one.example/app:2 two.example/app:1 two.example/app:2")]
    public void GivesAllTagsAtAllRegistries(string settings, string expected)
    {
        var properties = settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=', 2)).Select(s => KeyValuePair.Create(s[0], s[1]));
        var values = new SettingValues([.. properties, KeyValuePair.Create("ContainerRepository", "app"), KeyValuePair.Create("ContainerImageTags", "1;2")], []);
        Assert.Equal(expected, string.Join(' ', ImageNames.Read(values, DateTimeOffset.UnixEpoch).References));
    }
}
