namespace Containerize.Package.Tests.Publishing;

/// <summary>The variants that are run only where CONTAINERIZE_SLOW_TESTS is 1.</summary>
public static class SlowTests
{
    /// <summary>Skips the test elsewhere, and says so.</summary>
    public static void Only() =>
        Skip.IfNot(Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") == "1", "slow: set CONTAINERIZE_SLOW_TESTS=1");
}
