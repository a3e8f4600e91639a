using System.Diagnostics;
using System.Runtime.InteropServices;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests;

/// <summary>The suites of runc and crun, with our runtime in the place of theirs.</summary>
public class InTheSuitesOfOthers
{
    [SkippableFact]
    public async Task OnlyWhatIsKnownFails()
    {
        Skip.If(Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") != "1", "fetches and runs the suites of runc and crun for minutes: set CONTAINERIZE_SLOW_TESTS=1");
        Skip.IfNot(RuntimeInformation.OSArchitecture == Architecture.X64, "what the suites need is made for the architecture x86-64");
        Skip.IfNot(Environment.UserName == "root", "only root runs these suites");
        ToolRunner.Require("apt-get");
        var start = new ProcessStartInfo(PublishedRuntime.InRepository("tests/Containerize.Runtime.Suites/run.sh")) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SUITES_RUNTIME"] = await PublishedRuntime.PathAsync;
        using var suites = Process.Start(start)!;
        var output = suites.StandardOutput.ReadToEndAsync();
        var errors = suites.StandardError.ReadToEndAsync();
        await suites.WaitForExitAsync();
        Assert.True(suites.ExitCode == 0, await output + await errors);
        Assert.Matches("\n[1-9][0-9]+ passed, 0 failed, [0-9]+ known, [0-9]+ skipped\n$", await output);
    }
}
