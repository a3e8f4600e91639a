using System.Runtime.InteropServices;
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
        await RepositoryScript.AssertAsync("tests/Containerize.Runtime.Machine/x64.sh", "MACHINE_RUNTIME", "[1-9][0-9]+ passed, 0 failed, [0-9]+ skipped");
    }
}
