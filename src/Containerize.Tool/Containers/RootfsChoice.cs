using System.Globalization;
using Containerize.Containers;
using Containerize.Tool.Doctor;

namespace Containerize.Tool.Containers;

/// <summary>How containers get their root filesystems here: found out by trying once for each start of the machine, and kept in a file.</summary>
/// <param name="Kind">See <see cref="RootKind"/>.</param>
/// <param name="Why">Why it is none better; empty where it is the best.</param>
/// <param name="IsNew">Whether it was found out now.</param>
internal sealed record RootfsChoice(string Kind, string Why, bool IsNew)
{
    /// <summary>The variable that chooses instead.</summary>
    internal const string Variable = "CONTAINERIZE_ROOTFS";

    private const string FileName = "rootfs-kind";

    /// <summary>Chooses: what the variable says, what was found out before, or what works when it is tried.</summary>
    internal static RootfsChoice Make(Terminal terminal, LocalEngine engine)
    {
        if (terminal.Variable(Variable) is { Length: > 0 } given)
        {
            return given is RootKind.Overlay or RootKind.FuseOverlay or RootKind.Copy
                ? new RootfsChoice(given, "", IsNew: false)
                : throw new ContainerizeException(5020, $"reading the variable {Variable}, which is '{given}'", "there is no such kind of root filesystem", $"There are {RootKind.Overlay}, {RootKind.FuseOverlay} and {RootKind.Copy}.");
        }

        var file = Path.Combine(engine.Paths.Data, FileName);
        var here = Here(engine.Machine);
        if (TryRead(file) is [var kind, var place, var why] && place == here)
        {
            return new RootfsChoice(kind, why, IsNew: false);
        }

        var choice = Try(engine);
        Write(file, [choice.Kind, here, choice.Why]);
        return choice;
    }

    /// <summary>Tries one after the other, and keeps nothing.</summary>
    internal static RootfsChoice Try(LocalEngine engine)
    {
        var overlay = Probe(engine, RootKind.Overlay);
        if (overlay.Length == 0)
        {
            return new RootfsChoice(RootKind.Overlay, "", IsNew: true);
        }

        var fuse = new SystemFiles().Find("fuse-overlayfs") is null ? "fuse-overlayfs is not installed" : Probe(engine, RootKind.FuseOverlay);
        return fuse.Length == 0
            ? new RootfsChoice(RootKind.FuseOverlay, overlay, IsNew: true)
            : new RootfsChoice(RootKind.Copy, $"{overlay}; {fuse}", IsNew: true);
    }

    // Why it does not work; empty: it does.
    private static string Probe(LocalEngine engine, string kind)
    {
        var directory = Path.Combine(engine.Paths.Data, string.Create(CultureInfo.InvariantCulture, $"probe-{Environment.ProcessId}"));
        Directory.CreateDirectory(directory);
        try
        {
            var (code, _, error) = new Launching(engine).Run(["probe", "--directory", directory, "--kind", kind, .. engine.Machine.Rootless ? (string[])["--user"] : []]);
            return code == 0 ? "" : Reason(error);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    // Of the runtime's error only what is said of the kernel's or the program's answer.
    private static string Reason(string error)
    {
        var line = error.Split('\n')[0];
        var told = line.IndexOf("root filesystem together: ", StringComparison.Ordinal);
        line = told < 0 ? line : line[(told + "root filesystem together: ".Length)..];
        var end = line.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? line : line[..end]).TrimEnd('.');
    }

    // An update of the kernel needs a start, and another user namespace or disk may have other rights.
    private static string Here(Machine machine)
    {
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        return $"{boot} {(machine.Rootless ? "user" : "root")}";
    }

    private static string[]? TryRead(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file).Split('\n') : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Write(string file, string[] lines)
    {
        var temporary = string.Create(CultureInfo.InvariantCulture, $"{file}.{Environment.ProcessId}");
        File.WriteAllText(temporary, string.Join('\n', lines));
        File.Move(temporary, file, overwrite: true);
    }
}
