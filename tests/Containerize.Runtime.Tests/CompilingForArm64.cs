using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Containerize.Runtime.Seccomp;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests;

/// <summary>The other architecture: what can be shown of it without a machine.</summary>
public partial class CompilingForArm64
{
    /// <summary>The numbers of the architecture that runs this, against the table that is compared with libseccomp's.</summary>
    [Fact]
    public void TheNumbersOfSystemCallsAreThoseOfTheTable()
    {
        var abi = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? SyscallAbi.Arm64 : SyscallAbi.X64;
        var differences = new List<string>();
        foreach (var property in typeof(SyscallNumber).GetProperties(BindingFlags.Public | BindingFlags.Static))
        {
            // As PivotRoot: with an underscore in most.
            var name = UpperInside().Replace(property.Name, "_$0").ToLowerInvariant();
            var number = Math.Max(SyscallTable.Find(Encoding.UTF8.GetBytes(name), abi), SyscallTable.Find(Encoding.UTF8.GetBytes(name.Replace("_", "", StringComparison.Ordinal)), abi));
            if (number != (nint)property.GetValue(null)!)
            {
                differences.Add($"{property.Name}: {property.GetValue(null)}, {number}");
            }
        }

        Assert.Equal("", string.Join('\n', differences));
    }

    [SkippableFact]
    public async Task TheProgramSaysOfItselfWhatItDoesHere()
    {
        Skip.If(Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") != "1", "compiles a program ahead of time: set CONTAINERIZE_SLOW_TESTS=1");
        Skip.If(RuntimeInformation.OSArchitecture == Architecture.Arm64, "it is this architecture");
        ToolRunner.Require("aarch64-linux-gnu-gcc");
        ToolRunner.Require("qemu-aarch64-static");
        using var folder = new TemporaryFolder();
        var program = await PublishedRuntime.PublishAsync("src/Containerize.Runtime", "artifacts/runtime-tests-arm64", "containerize-runtime", "linux-arm64");
        var here = await PublishedRuntime.PathAsync;
        // An emulated process has openat2 only since QEMU 8.2: without it only what touches no file of the container's works.
        foreach (var words in (string[][])[["--version"], ["--help"], ["--root", folder["root"], "features"], ["--root", folder["root"], "list"], ["run", "--help"], ["none"]])
        {
            var expected = await ToolRunner.RunAsync(here, words);
            var result = await ToolRunner.RunAsync("qemu-aarch64-static", [program, .. words]);
            Assert.Equal((expected.ExitCode, WithoutKernel(expected.Output)), (result.ExitCode, WithoutKernel(result.Output)));
        }
    }

    // For these the kernel is asked, and an emulated process has none.
    private static string WithoutKernel(string output) => SupportedFlags().Replace(output, "");

    [GeneratedRegex("\"supportedFlags\": \\[[^\\]]*\\]")]
    private static partial Regex SupportedFlags();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex UpperInside();
}
