using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Containerize.Testing;

namespace Containerize.Runtime.Tests.RootFileSystem;

/// <summary>The runtime as users get it: published once for all tests, native.</summary>
internal static class PublishedRuntime
{
    private static readonly Lazy<Task<string>> Published = new(PublishAsync);

    /// <summary>The executable's path.</summary>
    public static Task<string> PathAsync => Published.Value;

    private static async Task<string> PublishAsync()
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../.."));
        var output = Path.Combine(root, "artifacts/runtime-tests");
        var platform = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        (await ToolRunner.RunAsync("dotnet", "publish", Path.Combine(root, "src/Containerize.Runtime"), "-c", "Release", "-r", platform, "-o", output)).Succeeded();
        return Path.Combine(output, "containerize-runtime");
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
