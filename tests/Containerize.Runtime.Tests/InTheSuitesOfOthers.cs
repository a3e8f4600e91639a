using System.Runtime.InteropServices;
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
        await RepositoryScript.AssertAsync("tests/Containerize.Runtime.Suites/run.sh", "SUITES_RUNTIME", "[1-9][0-9]+ passed, 0 failed, [0-9]+ known, [0-9]+ skipped");
    }
}
