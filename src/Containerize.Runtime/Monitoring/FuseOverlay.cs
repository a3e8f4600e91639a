using Containerize.Containers;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Monitoring;

/// <summary>The program fuse-overlayfs, which plays the kernel's overlay filesystem for one container: a child that ends with us, as the mount does that it serves.</summary>
/// <remarks>https://github.com/containers/fuse-overlayfs</remarks>
internal sealed class FuseOverlay : IDisposable
{
    private const string Name = "fuse-overlayfs";
    private const string Doing = "putting the root filesystem together";
    private const uint FuseMagic = 0x65735546;
    private const int Step = 2;

    private readonly ChildProcess _program;

    private FuseOverlay(ChildProcess program) => _program = program;

    // It is ready in some milliseconds; a machine under load takes its time.
    private static int Patience => 10_000;

    /// <summary>Starts it, and returns when the mount is there.</summary>
    public static FuseOverlay Start(RootPlan plan)
    {
        var path = Programs.Find(Name) ?? throw Failure.Of(6080, Doing, Name + " is not installed", $"Install it (package {Name}), or see 'dotnet containerize doctor'.");
        var options = $"lowerdir={string.Join(':', plan.Layers.Reverse().Select(Escape))},upperdir={Escape(plan.Upper)},workdir={Escape(plan.Work)}";
        using var output = MemoryFile.Create("output");
        using var nothing = FileSystem.Open(Descriptor.WorkingDirectory, "/dev/null", OpenFlags.ReadOnly);
        // In the foreground: left to itself it would live on, and keep our mount namespace, when we are killed.
        var child = ChildProcess.StartBound(path, [Name, "-f", "-o", options, plan.Target], ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], nothing.Number, output.Number);
        for (var waited = 0; waited < Patience && !Polling.Wait(child.Process, Step); waited += Step)
        {
            using var target = FileSystem.Open(Descriptor.WorkingDirectory, plan.Target, OpenFlags.PathOnly | OpenFlags.Directory);
            if (FileSystem.Magic(target.Number) == FuseMagic)
            {
                return new FuseOverlay(child);
            }
        }

        var ended = child.Wait(0) is { } code ? $"ended with {code}" : "was not ready in time";
        child.Dispose();
        throw Failure.Of(6080, Doing, $"{Name} {ended}: {MemoryFile.Text(output)}", "Check that /dev/fuse may be opened: 'dotnet containerize doctor'.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        const int Milliseconds = 2000;
        // Its mount is gone, so it ends.
        _program.Wait(Milliseconds);
        _program.Dispose();
    }

    private static string Escape(string path) =>
        path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}
