using Containerize.Testing;
using Xunit;

namespace Containerize.Runtime.Tests.LifeCycle;

/// <summary>Containers with a terminal: of the engine over a socket, and of the person at whose terminal we run.</summary>
public class UsingATerminal
{
    // What a program sees of it; the same with runc, which gives the size when the program has started: it is waited for; stty succeeds
    // without one, and says nothing.
    private const string Look = """
        b=/bin/busybox
        $b tty
        until size=$($b stty size 2>/dev/null) && [ "$size" ]; do $b sleep 0.02; done
        echo $size
        [ "$($b stat -L -c %t:%T /dev/console)" = "$($b stat -L -c %t:%T $($b tty))" ] && echo same device
        echo to the console > /dev/console
        : > /dev/tty && echo controlling
        set -m
        $b sleep 0.1 &
        wait
        $b ps -o pid,sid,tty | $b sed -n 's/^ *1 \+1 \+//p' | $b sed 's/,.*//'
        """;

    private const string Seen = "/dev/pts/0\n41 99\nsame device\nto the console\ncontrolling\n136\n";

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunGivesItTheSizeOfOurs(bool isRunc)
    {
        using var bundle = await LifeBundle.CreateAsync(isRunc ? "runc" : null);
        bundle.Set("/process/terminal", "true");
        bundle.Script(Look + "\nexit 5");
        var id = LifeBundle.NewId();
        var result = await AtATerminalAsync(bundle, "stty rows 41 cols 99; ", "run", id);
        Assert.Equal((5, Seen), result);
        Assert.Equal("", bundle.Remains(id) + bundle.Remains());
    }

    [SkippableFact]
    public async Task TheSizeIsThereBeforeTheProgramAsks()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/process/terminal", "true");
        bundle.Script("exec /bin/busybox stty size");
        Assert.Equal((0, "41 99\n"), await AtATerminalAsync(bundle, "stty rows 41 cols 99; ", "run", LifeBundle.NewId()));
    }

    [SkippableFact]
    public async Task ExecGivesOneMore()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = await bundle.StartContainerAsync();
        var result = await AtATerminalAsync(bundle, "stty rows 41 cols 99; ", "exec", "--tty", id, "/bin/sh", "-c", "b=/bin/busybox; $b tty; $b stty size; : > /dev/tty && echo controlling; exit 6");
        Assert.Equal((6, "/dev/pts/0\n41 99\ncontrolling\n"), result);
    }

    [SkippableFact]
    public async Task ItFollowsWhenOursChangesItsSize()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/process/terminal", "true");
        bundle.Script("b=/bin/busybox; echo ready; for i in $($b seq 100); do [ \"$($b stty size)\" = '20 30' ] && { echo resized; exit 0; }; $b sleep 0.05; done; $b stty size; exit 1");
        var result = await AtATerminalAsync(bundle, "stty rows 41 cols 99; (sleep 0.7; stty rows 20 cols 30 < /dev/tty) & ", "run", LifeBundle.NewId());
        Assert.Equal((0, "ready\nresized\n"), result);
    }

    [SkippableFact]
    public async Task TheEngineReceivesTheMaster()
    {
        using var bundle = await LifeBundle.CreateAsync();
        bundle.Set("/process/terminal", "true");
        bundle.Set("/process/consoleSize", """{"height":41,"width":99}""");
        bundle.Script(Look + "\nread line; echo got $line");
        var id = LifeBundle.NewId();
        using var console = new ConsoleReceiver();
        (await bundle.CallAsync("create", "--console-socket", console.Path, id)).Succeeded();
        console.Receive();
        (await bundle.CallAsync("start", id)).Succeeded();
        console.Type("typed\n");
        // What is typed is echoed, wherever the output is by then.
        Assert.Equal(Seen + "got typed\n", (await console.ReadToEndAsync()).Replace("\r\n", "\n").Replace("typed\n", "", StringComparison.Ordinal).Replace("got ", "got typed\n", StringComparison.Ordinal));
        await bundle.AwaitStoppedAsync(id);
    }

    [SkippableFact]
    public async Task TheEngineReceivesThatOfExecToo()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = await bundle.StartContainerAsync();
        using var console = new ConsoleReceiver();
        (await bundle.CallAsync("exec", "--detach", "--tty", "--console-socket", console.Path, "--pid-file", "pid", id, "/bin/sh", "-c", "read line; /bin/busybox tty; echo got $line")).Succeeded();
        console.Receive();
        console.Type("typed\n");
        Assert.Equal("typed\r\n/dev/pts/0\r\ngot typed\r\n", await console.ReadToEndAsync());
    }

    [SkippableFact]
    public async Task OptionsThatDoNotFitAreRefused()
    {
        using var bundle = await LifeBundle.CreateAsync();
        var id = await bundle.StartContainerAsync();
        Assert.Equal(255, (await bundle.CallAsync("exec", "--detach", "--tty", id, "/bin/sh")).ExitCode);
        Assert.Equal(255, (await bundle.CallAsync("exec", "--tty", "--console-socket", "/nowhere", id, "/bin/sh")).ExitCode);
        Assert.Equal(255, (await bundle.CallAsync("exec", "--detach", "--console-socket", "/nowhere", id, "/bin/sh")).ExitCode);
        bundle.Set("/process/terminal", "true");
        Assert.Equal(1, (await bundle.CallAsync("run", "--detach", LifeBundle.NewId())).ExitCode);
        Assert.Equal(1, (await bundle.CallAsync("run", "--console-socket", "/nowhere", LifeBundle.NewId())).ExitCode);
    }

    private static async Task<(int ExitCode, string Text)> AtATerminalAsync(LifeBundle bundle, string before, params string[] words)
    {
        var command = string.Join(' ', ((string[])[bundle.Runtime, "--root", bundle.Root, .. words]).Select(word => $"'{word}'"));
        var result = await ToolRunner.RunInTerminalAsync(bundle.WriteProgram("at-terminal", $"cd '{bundle.Folder}'; {before}{command}"));
        return (result.ExitCode, result.Output);
    }
}
