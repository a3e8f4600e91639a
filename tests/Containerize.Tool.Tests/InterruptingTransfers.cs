using Containerize.Registries;
using Containerize.Testing;
using Xunit;
using Samples = Containerize.Testing.SampleImages;

namespace Containerize.Tool.Tests;

/// <summary>Ctrl-C while blobs move.</summary>
public sealed class InterruptingTransfers : IDisposable
{
    private const int LayerBytes = 4_000_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly Images.Image Sample = Samples.ImageOf([.. Enumerable.Range(0, 4).Select(i => Samples.LayerOf(i, LayerBytes))]);
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public async Task EndsAPushAtOnceAndLeavesNothing()
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("PUT", "/uploads/").Always(Fault.StallRequest(1_000_000));
        await _shell.Store.Destination([Reference.Parse("app:1.0")]).WriteAsync(Sample, CancellationToken.None);
        var before = Files();
        using var push = ToolProcess.Start(_shell, "push", "app:1.0", $"{registry.Host}/app:1");
        await push.UntilAsync(() => AreStalled(registry));
        var (outcome, took) = await push.InterruptAsync();
        Assert.Equal("[stderr] Interrupted; nothing is left half.\n[exit 130]\n", outcome.Transcript());
        Assert.InRange(took, TimeSpan.Zero, Soon);
        Assert.Equal(before, Files());
        Assert.Empty(registry.Content.Uploads);
        Assert.Empty(registry.Content.Repository("app").Tags);
    }

    [Fact]
    public async Task EndsAPushWithoutAWordOfAFarewellThatIsLost()
    {
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("PUT", "/uploads/").Always(Fault.StallRequest(1_000_000));
        registry.On("DELETE", "/uploads/").Always(Fault.Cut());
        await _shell.Store.Destination([Reference.Parse("app:1.0")]).WriteAsync(Sample, CancellationToken.None);
        using var push = ToolProcess.Start(_shell, "push", "app:1.0", $"{registry.Host}/app:1");
        await push.UntilAsync(() => AreStalled(registry));
        var (outcome, took) = await push.InterruptAsync();
        Assert.Equal("[stderr] Interrupted; nothing is left half.\n[exit 130]\n", outcome.Transcript());
        Assert.InRange(took, TimeSpan.Zero, Soon);
    }

    [Fact]
    public async Task EndsAPullAtOnceThatGoesOnTheNextTime()
    {
        await using var registry = await FaultRegistry.StartAsync();
        await _shell.Store.Destination([Reference.Parse("app:1.0")]).WriteAsync(Sample, CancellationToken.None);
        Assert.Equal(0, (await _shell.RunAsync("push", "app:1.0", $"{registry.Host}/app:1")).Code);
        var first = Sample.Layers[0].Descriptor;
        registry.On("GET", first.Digest.Hex).Always(Fault.StallResponse(2_000_000));
        using var elsewhere = new Shell();
        var part = Path.Combine(elsewhere.Paths.Cache, "registries/downloads", first.Digest.Hex);
        using var pull = ToolProcess.Start(elsewhere, "pull", $"{registry.Host}/app:1");
        await pull.UntilAsync(() => File.Exists(part) && new FileInfo(part).Length >= 1_000_000);
        var (outcome, took) = await pull.InterruptAsync();
        Assert.EndsWith("[stderr] Interrupted; nothing is left half.\n[exit 130]\n", outcome.Transcript(), StringComparison.Ordinal);
        Assert.InRange(took, TimeSpan.Zero, Soon);
        Assert.Empty(elsewhere.Store.List());
        Assert.DoesNotContain(Files(elsewhere), f => f.Contains(".tmp", StringComparison.Ordinal) || f.EndsWith(".lock", StringComparison.Ordinal));

        registry.Heal();
        registry.ForgetRequests();
        Assert.Equal(0, (await elsewhere.RunAsync("pull", $"{registry.Host}/app:1")).Code);
        Assert.Equal(Sample.Digest, elsewhere.Store.List().Single().Descriptor.Digest);
        Assert.StartsWith("bytes=", registry.Requests.Single(r => r.Target.Contains(first.Digest.Hex, StringComparison.Ordinal))["Range"], StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task LeavesTheTerminalAsItWas()
    {
        ToolRunner.Require("script");
        await using var registry = await FaultRegistry.StartAsync();
        registry.On("PUT", "/uploads/").Always(Fault.StallRequest(1_000_000));
        await _shell.Store.Destination([Reference.Parse("app:1.0")]).WriteAsync(Sample, CancellationToken.None);
        const string Session = """
            cd "$1"; mkfifo keyboard
            set -m # else what runs in the background ignores interrupts
            TERM=xterm SHELL=/bin/sh CONTAINERIZE_ROOT=$4 script -qefc "trap : INT; dotnet '$2' push app:1.0 $3; echo code \$?; stty -a" screen < keyboard > /dev/null &
            exec 3> keyboard
            see() { n=0; until grep -q "$1" screen 2> /dev/null || [ $n -gt 300 ]; do sleep 0.1; n=$((n + 1)); done; }
            see 'Sending '; printf '\003' >&3
            see 'echok'; exec 3>&-; wait; cat screen
            """;
        var screen = (await ToolRunner.RunAsync("bash", "-c", Session, "bash", _shell.Directory, ToolProcess.File, $"{registry.Host}/app:1", ToolProcess.RootOf(_shell))).Output;
        Assert.Contains("Interrupted; nothing is left half.", screen, StringComparison.Ordinal);
        Assert.Contains("code 130", screen, StringComparison.Ordinal);
        // The cursor is hidden while lines are drawn.
        Assert.Contains("\e[?25l", screen, StringComparison.Ordinal);
        Assert.InRange(screen.LastIndexOf("\e[?25h", StringComparison.Ordinal), screen.LastIndexOf("\e[?25l", StringComparison.Ordinal), screen.Length);
        Assert.Contains(" icanon ", screen, StringComparison.Ordinal);
        Assert.Contains(" echo ", screen, StringComparison.Ordinal);
    }

    private static bool AreStalled(FaultRegistry registry) => registry.Requests.Count(r => r.Method == "PUT" && r.BodyBytes >= 1_000_000) == Sample.Layers.Count;

    private IReadOnlyList<string> Files() => Files(_shell);

    private static IReadOnlyList<string> Files(Shell shell) =>
        [.. Directory.EnumerateFiles(ToolProcess.RootOf(shell), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
