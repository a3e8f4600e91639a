using System.Text.RegularExpressions;
using Containerize.Registries;
using CsCheck;
using Xunit;

namespace Containerize.Tests.Registries;

// The grammar is checked by hand for speed; the expressions of distribution's documentation say what it has to be.
public class NamesByTheGrammar
{
    private static readonly Regex Repository = new(@"\A[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z");
    private static readonly Regex Tag = new(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z");

    private static readonly Regex Registry = new(
        @"\A(?:\[[a-fA-F0-9:]+\]|[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*)(?::[0-9]{1,5})?\z");

    [Fact]
    public void AreThoseOfTheExpressions() =>
        Gen.String[Gen.Char["a0zZF._-/:[]é\n "], 0, 9].Sample(
            text =>
            {
                Assert.Equal(Repository.IsMatch(text), ReferenceGrammar.IsRepository(text));
                Assert.Equal(Tag.IsMatch(text), ReferenceGrammar.IsTag(text));
                Assert.Equal(Registry.IsMatch(text), ReferenceGrammar.IsRegistry(text));
            },
            iter: 50_000);

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void HaveTagsOfAtMost128Characters(int length, bool expected) =>
        Assert.Equal(expected, ReferenceGrammar.IsTag(new string('a', length)));

    [Theory]
    [InlineData("[::1]:5000", true)]
    [InlineData("[fe80::1]", true)]
    [InlineData("[::1]:", false)]
    [InlineData("[]:5000", false)]
    [InlineData("localhost:65536", true)]
    [InlineData("localhost:123456", false)]
    [InlineData("a-.example", false)]
    public void HaveRegistriesOfHostAndPort(string text, bool expected) => Assert.Equal(expected, ReferenceGrammar.IsRegistry(text));
}
