using Containerize.Containers;
using Containerize.Layers.Unpacking;
using Containerize.Runtime.Monitoring;

namespace Containerize.Runtime.Commands;

/// <summary>`probe`: whether we get an overlay filesystem with whiteouts, the kernel's or fuse-overlayfs's; for the tool, which asks once.</summary>
internal static class ProbeCommand
{
    /// <summary>Tries it in an empty directory, in a mount namespace that ends with us.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("probe", invocation.Words, ["user"], ["directory", "kind"]);
        var directory = options.Value("directory") ?? throw Options.Bad("probe", "--directory is required");
        RootMount.EnterOwnNamespace();
        foreach (var name in (string[])["lower", "upper", "work", "merged"])
        {
            FileSystem.MakeDirectory(Descriptor.WorkingDirectory, Path.Combine(directory, name), 0x1ED);
        }

        FileSystem.WriteText(Descriptor.WorkingDirectory, CreateEmpty(Path.Combine(directory, "lower", "file")), "text");
        var plan = new RootPlan
        {
            Kind = options.Value("kind") ?? RootKind.Overlay,
            Layers = [Path.Combine(directory, "lower")],
            Upper = Path.Combine(directory, "upper"),
            Work = Path.Combine(directory, "work"),
            Target = Path.Combine(directory, "merged"),
            UserAttributes = options.Has("user"),
        };
        try
        {
            // The end of one that lasts would wait until all that was just unpacked is on the disk.
            using var mount = RootMount.Make(plan, isLasting: false);
            // A whiteout is what plain users could not always make.
            File.Delete(Path.Combine(directory, "merged", "file"));
            return 0;
        }
        finally
        {
            // What the kernel has made there is only ours while we are root here.
            using var opened = FileSystem.Open(Descriptor.WorkingDirectory, directory, OpenFlags.ReadOnly | OpenFlags.Directory);
            foreach (var name in FileNodes.ReadNames(opened.Number))
            {
                NodeRemoval.TryRemove(opened.Number, System.Text.Encoding.UTF8.GetBytes(name));
            }
        }
    }

    private static string CreateEmpty(string path)
    {
        using var file = FileSystem.Open(Descriptor.WorkingDirectory, path, OpenFlags.WriteOnly | OpenFlags.Create, mode: 0x1A4);
        return path;
    }
}
