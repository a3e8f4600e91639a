using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>`run`: a container from its making to its end by one command.</summary>
public class RunningInTheForeground
{
    [SkippableTheory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("exit 255", 255)]
    [InlineData("exec /bin/busybox sh -c 'ulimit -t 1; while :; do :; done'", 137)]
    public async Task TheExitCodeIsThatOfTheProgram(string script, int code)
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Script(script);
        var id = LifeBundle.NewId();
        var result = await bundle.CallAsync("run", id);
        Assert.Equal((code, "", ""), (result.ExitCode, result.Output, result.Errors));
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableTheory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    [InlineData("QUIT")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    public async Task SignalsGoOnToTheContainer(string signal)
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Script($"trap 'echo got {signal}; exit 9' {signal}; echo ready; while :; do /bin/busybox sleep 0.05; done");
        var id = LifeBundle.NewId();
        // A shell without job control has its background ignore INT and QUIT, which is inherited: env undoes that.
        var result = await bundle.CallInShellAsync(
            $"env --default-signal \"$@\" & pid=$!; while ! grep -q ready output-*; do sleep 0.05; done; sleep 0.1; kill -{signal} $pid; wait $pid",
            bundle.Runtime, "--root", bundle.Root, "run", id);
        Assert.Equal((9, $"ready\ngot {signal}\n"), (result.ExitCode, result.Output));
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableFact]
    public async Task KilledByASignalItIs128AndItsNumber()
    {
        using var bundle = await LifeBundle.CreateAsync();
        foreach (var (signal, code) in new[] { ("KILL", 137), ("BUS", 135) })
        {
            bundle.Program(LifeBundle.Waiting);
            var id = LifeBundle.NewId();
            var run = bundle.CallAsync("run", id);
            await LifeBundle.WaitAsync(async () => await bundle.StatusAsync(id) == "running", "it does not run");
            // The first process of a namespace takes from outside what it would not from inside.
            (await bundle.CallAsync("kill", id, signal)).Succeeded();
            if (signal != "KILL")
            {
                await Task.Delay(100);
                (await bundle.CallAsync("kill", id, "KILL")).Succeeded();
            }

            Assert.Contains((await run).ExitCode, (int[])[code, 137]);
            Assert.Equal("", bundle.Remains(id) + bundle.Remains());
        }
    }

    [SkippableFact]
    public async Task DetachedItRunsOn()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = LifeBundle.NewId();
        (await bundle.CallAsync("run", "--detach", "--pid-file", "pid", id)).Succeeded();
        Assert.Equal("running", await bundle.StatusAsync(id));
        Assert.Equal(await File.ReadAllTextAsync(bundle["pid"]), (await bundle.StateAsync(id))["pid"]!.ToJsonString());
        (await bundle.CallAsync("delete", "--force", id)).Succeeded();
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableFact]
    public async Task KeptItStaysAsStopped()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Script("exit 3");
        var id = LifeBundle.NewId();
        Assert.Equal(3, (await bundle.CallAsync("run", "--keep", id)).ExitCode);
        Assert.Equal("stopped", await bundle.StatusAsync(id));
        (await bundle.CallAsync("delete", id)).Succeeded();
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ItsChildrenEndWithIt(bool ownPids)
    {
        using var bundle = await LifeBundle.CreateAsync();
        if (!ownPids)
        {
            bundle.Spec["linux"]!["namespaces"]!.AsArray().RemoveAt(0);
        }

        bundle.Script("(/bin/busybox sleep 400 &) ; (/bin/busybox setsid /bin/busybox sleep 400 &); exit 0");
        var id = LifeBundle.NewId();
        (await bundle.CallAsync("run", id)).Succeeded();
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableFact]
    public async Task InputAndOutputAreOurs()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Script("cat; echo error >&2");
        var result = await bundle.CallInShellAsync("echo through | \"$@\"", bundle.Runtime, "--root", bundle.Root, "run", LifeBundle.NewId());
        Assert.Equal(new ToolRunner.Result(0, "through\n", "error\n"), result);
    }

    [SkippableFact]
    public async Task DescriptorsAreKeptThatAreAskedFor()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Script("cat <&3; cat <&4; cat <&5 || echo five is closed");
        bundle.Write("three", "3\n");
        bundle.Write("four", "4\n");
        var result = await bundle.CallInShellAsync("\"$@\" 3<three 4<four 5<four", bundle.Runtime, "--root", bundle.Root, "run", "--preserve-fds", "2", LifeBundle.NewId());
        Assert.Equal("3\n4\nfive is closed\n", result.Succeeded());
    }
}
