using System.Globalization;
using System.Runtime.InteropServices;
using Containerize.Runtime.Tests.RootFileSystem;
using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.Security;

/// <summary>The code between clone3 and execve, where nothing of .NET may run (RawChild).</summary>
public class TheForkedChild
{
    private const string Class = "containerize_runtime_Containerize_Runtime_Linux_RawChild__";

    // The last is what a broken stack ends in.
    private static readonly string[] Allowed = ["syscall", "__errno_location", Class + "Fail", "RhpFallbackFailFast"];

    [SkippableTheory]
    [InlineData("Fork")]
    [InlineData("Fork_0")]
    [InlineData("Fail")]
    public async Task CallsNothingButTheKernel(string method)
    {
        ToolRunner.Require("objdump");
        ToolRunner.Require("nm");
        Skip.IfNot(RuntimeInformation.OSArchitecture == Architecture.X64, "reads x86-64 code");
        var runtime = await PublishedRuntime.PathAsync;
        var symbols = (await ToolRunner.RunAsync("nm", runtime + ".dbg")).Succeeded().Split('\n').Select(line => line.Split(' ')).Where(words => words is [_, "T" or "t" or "W", _])
            .Select(words => (Address: ulong.Parse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), Name: words[2])).OrderBy(symbol => symbol.Address).ToList();
        var index = symbols.FindIndex(symbol => symbol.Name == Class + method);
        Skip.If(index < 0 && method == "Fail", "inlined");
        Assert.True(index >= 0, method);
        var end = symbols.First(symbol => symbol.Address > symbols[index].Address).Address;
        var code = (await ToolRunner.RunAsync("objdump", "-d", $"--start-address={symbols[index].Address}", $"--stop-address={end}", runtime)).Succeeded();
        var called = new HashSet<string>();
        foreach (var line in code.Split('\n').Where(line => line.Contains("\tcall ", StringComparison.Ordinal)))
        {
            var target = line.Split("call ")[1].Trim().Split(' ')[0];
            Assert.StartsWith("0x", target);
            var address = Convert.ToUInt64(target, 16);
            var names = symbols.Where(symbol => symbol.Address == address).Select(symbol => symbol.Name).ToList();
            // Numbers of system calls, which differ by architecture: a constant.
            if (!names.Exists(name => Allowed.Contains(name) || name.Contains("_SyscallNumber__get_", StringComparison.Ordinal)) && !await IsConstantAsync(runtime, address))
            {
                called.Add(string.Join('|', names));
            }
        }

        Assert.Contains("call ", code);
        Assert.Empty(called);
    }

    // Three threads allocate and collect all the while; a child that waited for one of them would hang.
    [SkippableTheory]
    [InlineData("")]
    [InlineData("user")]
    public async Task NeverHangsThoughOthersCollectGarbage(string user)
    {
        var slow = Environment.GetEnvironmentVariable("CONTAINERIZE_SLOW_TESTS") == "1";
        Skip.IfNot(slow, "compiles a program ahead of time and forks 5000 children: set CONTAINERIZE_SLOW_TESTS=1");
        ToolRunner.Require("busybox");
        ToolRunner.Require("setpriv");
        Skip.IfNot(Environment.UserName == "root", "only root makes namespaces without a user namespace");
        var program = await PublishedRuntime.PublishAsync("tests/Containerize.Runtime.Stress", "artifacts/runtime-stress", "Containerize.Runtime.Stress");
        // Where every user gets to.
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        File.Copy(program, folder["stress"]);
        string[] command = [folder["stress"], "1000", ToolRunner.Find("busybox")!];
        for (var i = 0; i < 5; i++)
        {
            var result = user.Length == 0 ? await ToolRunner.RunAsync(command[0], command[1..])
                : await ToolRunner.RunAsync("setpriv", ["--reuid=54321", "--regid=54321", "--clear-groups", .. command, user]);
            Assert.Equal("1000 children, 0 failures, collections: enough\n", result.Output);
        }
    }

    private static async Task<bool> IsConstantAsync(string runtime, ulong address)
    {
        var code = (await ToolRunner.RunAsync("objdump", "-d", $"--start-address={address}", $"--stop-address={address + 6}", runtime)).Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return code.Length > 2 && code[^2].Contains("mov ", StringComparison.Ordinal) && code[^1].Contains("\tret", StringComparison.Ordinal);
    }
}
