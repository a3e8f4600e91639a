using Containerize.Testing;

namespace Containerize.Runtime.Tests.Engines;

/// <summary>The files of the smallest image that a shell script runs in.</summary>
internal static class BusyboxRoot
{
    /// <summary>Makes them in a folder.</summary>
    public static void Make(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "bin"));
        Directory.CreateDirectory(Path.Combine(folder, "tmp"));
        File.Copy(ToolRunner.Find("busybox")!, Path.Combine(folder, "bin/busybox"));
        foreach (var name in (string[])["sh", "cat", "echo", "sleep", "id", "true"])
        {
            File.CreateSymbolicLink(Path.Combine(folder, "bin", name), "busybox");
        }
    }
}
