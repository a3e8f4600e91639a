using System.Runtime.CompilerServices;
using Containerize.Testing;

namespace Containerize.Runtime.Tests.Security;

/// <summary>The program attacker.c, linked statically: it runs in any root.</summary>
internal static class Attacker
{
    /// <summary>Compiles it to a path.</summary>
    public static async Task CompileAsync(string path)
    {
        ToolRunner.Require("cc");
        (await ToolRunner.RunAsync("cc", "-static", "-O1", "-o", path, Path.Combine(Path.GetDirectoryName(Here())!, "attacker.c"))).Succeeded();
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
