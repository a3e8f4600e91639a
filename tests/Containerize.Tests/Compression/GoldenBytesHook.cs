using Containerize.Tests.Compression;

/// <summary>
/// Lets the tests' own assembly run again in another process with other settings of the runtime: .NET calls this, by its name,
/// before Main where DOTNET_STARTUP_HOOKS says so (https://github.com/dotnet/runtime/blob/main/docs/design/features/host-startup-hook.md).
/// </summary>
internal static class StartupHook
{
    public const string Variable = "CONTAINERIZE_TESTS_GOLDEN_BYTES";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            Console.Write(GoldenBytes.GzipTable() + GoldenBytes.ZstdTable());
            Environment.Exit(0);
        }
    }
}
