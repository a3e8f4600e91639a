using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

public class RulesOnDevices
{
    private const string UsualRules =
        """
        devices devices.allow b *:* m
        devices devices.allow c *:* m
        devices devices.allow c 1:3 rwm
        devices devices.allow c 1:5 rwm
        devices devices.allow c 1:7 rwm
        devices devices.allow c 1:8 rwm
        devices devices.allow c 1:9 rwm
        devices devices.allow c 5:0 rwm
        devices devices.allow c 5:2 rwm
        devices devices.allow c 10:200 rwm
        devices devices.allow c 136:* rwm
        """;

    [Fact]
    public void WithoutRulesThereAreTheUsualOnes() => Assert.Equal($"devices devices.deny a\n{UsualRules}", Writes());

    [Fact]
    public void AnAllowedDeviceIsAdded() => Assert.Equal(
        $"devices devices.deny a\n{UsualRules}\ndevices devices.allow b 259:1 rw",
        Writes(new() { Allow = false, Access = "rwm" }, new() { Allow = true, Type = "b", Major = 259, Minor = 1, Access = "r" },
            new() { Allow = true, Type = "b", Major = 259, Minor = 1, Access = "w" }));

    [Fact]
    public void ALaterRuleTakesBack() => Assert.Equal(
        $"devices devices.deny a\n{UsualRules}\ndevices devices.allow b 259:1 m",
        Writes(new() { Allow = true, Type = "b", Major = 259, Minor = 1, Access = "rwm" }, new() { Type = "b", Major = 259, Minor = 1, Access = "wr" }));

    [Fact]
    public void AllowingAllForgetsWhatWasBefore() => Assert.Equal(
        "devices devices.allow a",
        Writes(new() { Type = "c", Major = 7, Minor = 1, Access = "r" }, new() { Allow = true, Type = "a", Access = "rwm" }));

    [Fact]
    public void DenyingOneOfAllIsAnException() => Assert.Equal(
        "devices devices.allow a\ndevices devices.deny b 7:1 w",
        Writes(new() { Allow = true, Access = "rwm" }, new() { Type = "b", Major = 7, Minor = 1, Access = "w" }));

    [Theory]
    [InlineData(-1L, 1L)]
    [InlineData(7L, -1L)]
    [InlineData(-1L, -1L)]
    public void TakingFromAWiderRuleIsRefused(long major, long minor)
    {
        var e = Assert.Throws<ContainerizeException>(() => Writes(
            new() { Allow = true, Type = "b", Major = major, Minor = minor, Access = "r" }, new() { Type = "b", Major = 7, Minor = 1, Access = "rw" }));
        Assert.StartsWith(
            "reading linux.resources.devices: the rule to deny \"b 7:1 rw\" takes from an earlier, wider one, which cgroup version 1 cannot express.",
            e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWiderRuleTakesNarrowerOnesBack() => Assert.Equal(
        $"devices devices.deny a\n{UsualRules}",
        Writes(new() { Allow = true, Type = "b", Major = 7, Minor = 1, Access = "rw" }, new() { Type = "b", Major = 7, Access = "rwm" }));

    [Fact]
    public void ANodeOfTheConfigurationTakesTheUsualRuleAway() =>
        Assert.DoesNotContain(DevicePolicy.Of(null, ["/dev/null"]).Rules, rule => rule is { Major: 1, Minor: 3 });

    [Theory]
    [InlineData("p", 1L, "r", "\"p\" is not a type of devices: a, b or c")]
    [InlineData("c", 1L, "xa", "\"xa\" is not access to a device: letters of r, w and m")]
    [InlineData("c", 1L, "", "a rule has no access")]
    [InlineData("c", 1L, null, "a rule has no access")]
    [InlineData("c", -2L, "r", "-2 is not the number of a device")]
    [InlineData("c", 4294967296L, "r", "4294967296 is not the number of a device")]
    public void AWrongRuleIsRefused(string type, long major, string? access, string why) => Assert.Equal(
        $"reading linux.resources.devices: {why}.",
        Assert.Throws<ContainerizeException>(() => Writes(new DeviceRule { Type = type, Major = major, Access = access })).Message);

    private static string Writes(params DeviceRule[] rules) => string.Join('\n', DevicePolicy.Of(rules).Version1Writes());
}
