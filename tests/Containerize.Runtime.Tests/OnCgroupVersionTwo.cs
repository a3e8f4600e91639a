using System.Diagnostics;
using System.Runtime.InteropServices;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests;

/// <summary>The tests of control groups and of the most used commands once more, on an emulated machine whose kernel is Debian's, with cgroup version 2 alone.</summary>
public class OnCgroupVersionTwo
{
    [SkippableFact]
    public async Task TheTestsPassThereToo()
    {
        Skip.If(Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") != "1", "emulates a machine for many minutes: set CONTAINERIZE_SLOW_TESTS=1");
        Skip.IfNot(RuntimeInformation.OSArchitecture == Architecture.X64, "the emulated machine has the architecture x86-64");
        Skip.IfNot(Environment.UserName == "root", "only root gives its own files to a machine as they are");
        ToolRunner.Require("apt-get");
        var start = new ProcessStartInfo(PublishedRuntime.InRepository("tests/Containerize.Runtime.Machine/x64.sh")) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MACHINE_RUNTIME"] = await PublishedRuntime.PathAsync;
        start.Environment.Remove("CONTAINERIZE_SLOW_TESTS");
        using var machine = Process.Start(start)!;
        var output = machine.StandardOutput.ReadToEndAsync();
        var errors = machine.StandardError.ReadToEndAsync();
        await machine.WaitForExitAsync();
        Assert.True(machine.ExitCode == 0, await output + await errors);
        Assert.Matches("\n[1-9][0-9]+ passed, 0 failed, [0-9]+ skipped\n$", await output);
    }
}
