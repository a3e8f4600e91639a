using Xunit;

namespace Containerize.Tests.EmbeddedBases;

/// <summary>What publishing and unpacking cost is paid once for all that look at the base.</summary>
[CollectionDefinition(Name)]
public sealed class EmbeddedBaseCollection : ICollectionFixture<PackedBase>, ICollectionFixture<PublishedProbe>
{
    public const string Name = "embedded base";
}
