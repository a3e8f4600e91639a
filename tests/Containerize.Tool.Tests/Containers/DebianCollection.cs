using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>The tests that have the image of Debian.</summary>
[CollectionDefinition(DebianMachine.Collection)]
public sealed class DebianCollection : ICollectionFixture<DebianMachine>;
