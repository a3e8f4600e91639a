using System.Diagnostics;
using System.Globalization;
using Containerize.Containers;
using Containerize.Storage;
using Containerize.Tool.Containers;

namespace Containerize.Tool.Doctor;

/// <summary>Looks at everything that running containers needs of this machine: by trying it, where that is possible.</summary>
/// <param name="terminal">The surroundings.</param>
/// <param name="paths">Where things are kept.</param>
internal sealed class Checkup(Terminal terminal, StoragePaths paths)
{
    private readonly bool _root = MachineFacts.IsRoot;
    private readonly SystemFiles _files = new();

    /// <summary>All findings, in the order in which things are needed.</summary>
    internal IEnumerable<Finding> Look()
    {
        var (runtime, found) = Runtime();
        yield return found;
        yield return Folder();
        if (!_root)
        {
            yield return UserNamespaces(runtime);
            yield return SubordinateIds(runtime);
            yield return RuntimeFolder();
        }

        if (runtime is not null)
        {
            yield return Overlay(runtime);
        }

        yield return new CgroupCheck(_files, MachineFacts.Read()).Look();
        yield return Outside();
        if (!_root)
        {
            yield return new LowPortCheck(_files).Look();
        }
    }

    private (RuntimeProgram? Runtime, Finding Finding) Runtime()
    {
        try
        {
            var runtime = RuntimeProgram.Find(terminal);
            var (code, output) = Try(runtime.Path, "--version");
            return code == 0
                ? (runtime, Finding.Good("runtime", output.Split('\n')[0]))
                : (null, Finding.Broken("runtime", $"{runtime.Path} cannot be executed: {output}", "dotnet tool update --global dotnet-containerize"));
        }
        catch (ContainerizeException e)
        {
            return (null, Finding.Broken("runtime", e.Message, "dotnet tool update --global dotnet-containerize"));
        }
    }

    private Finding Folder()
    {
        const long Little = 1L << 30;
        try
        {
            Directory.CreateDirectory(paths.Data);
            var free = new DriveInfo(paths.Data).AvailableFreeSpace;
            return free < Little
                ? Finding.Lacks("storage", $"{paths.Data} has {Reports.ByteSize.Of(free)} left", "dotnet containerize prune --all")
                : Finding.Good("storage", $"{paths.Data}, {Reports.ByteSize.Of(free)} free");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Broken("storage", $"{paths.Data} cannot be written: {e.Message.TrimEnd('.')}", $"export CONTAINERIZE_ROOT=/a/folder/of/yours");
        }
    }

    private Finding UserNamespaces(RuntimeProgram? runtime) =>
        runtime is not null && Entered(runtime, "/bin/true") is { Code: 0 }
            ? Finding.Good(UserNamespaceCheck.Subject, "a plain user may make them")
            : new UserNamespaceCheck(_files).LookForReason(runtime?.Path ?? "containerize-runtime");

    private Finding SubordinateIds(RuntimeProgram? runtime)
    {
        var finding = new SubordinateIdCheck(_files).Look(Environment.UserName, (uint)Linux.Syscall.Try(Linux.SyscallNumber.Geteuid));
        // What the files promise the programs have to keep.
        return finding.Verdict == Verdict.Good && runtime is not null && Entered(runtime, "/bin/cat", "/proc/self/uid_map") is { Code: not 0, Output: var said }
            ? Finding.Broken(finding.Subject, $"newuidmap does not give them: {said}", "sudo apt-get install --reinstall uidmap")
            : finding;
    }

    private Finding RuntimeFolder() => terminal.Variable("XDG_RUNTIME_DIR") is { Length: > 0 } directory && Directory.Exists(directory)
        ? Finding.Good("runtime folder", directory)
        : Finding.Lacks("runtime folder", $"XDG_RUNTIME_DIR is not set, so {paths.Runtime} is used, which a restart of the machine does not empty", "sudo loginctl enable-linger $USER");

    private Finding Overlay(RuntimeProgram runtime)
    {
        const string Subject = "overlay filesystem";
        var kernel = Probe(runtime, RootKind.Overlay);
        if (kernel.Code == 0)
        {
            return Finding.Good(Subject, "the kernel's own, also for whiteouts");
        }

        if (_files.Find("fuse-overlayfs") is null)
        {
            return Finding.Lacks(Subject, $"the kernel's is not to be had ({kernel.Output}); layers are copied for each container", "sudo apt-get install fuse-overlayfs");
        }

        var fuse = Probe(runtime, RootKind.FuseOverlay);
        return fuse.Code == 0
            ? Finding.Lacks(Subject, $"the kernel's is not to be had ({kernel.Output}); fuse-overlayfs is installed, and used", null)
            : Finding.Lacks(
                Subject,
                $"neither the kernel's ({kernel.Output}) nor fuse-overlayfs ({fuse.Output}) is to be had; layers are copied for each container",
                "sudo modprobe fuse && sudo chmod 666 /dev/fuse");
    }

    private (int Code, string Output) Probe(RuntimeProgram runtime, string kind)
    {
        var directory = Path.Combine(paths.Data, "doctor-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(directory);
        try
        {
            return _root
                ? Try(runtime.Path, "probe", "--directory", directory, "--kind", kind)
                : Entered(runtime, runtime.Path, "probe", "--directory", directory, "--kind", kind, "--user");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private Finding Outside()
    {
        const string Subject = "network to the outside";
        var program = _files.Find("pasta") ?? _files.Find("slirp4netns");
        if (program is null)
        {
            return Finding.Lacks(Subject, "neither pasta nor slirp4netns is installed: published ports work, and containers reach nothing outside", "sudo apt-get install passt");
        }

        try
        {
            using var tun = File.Open("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite);
            return Finding.Good(Subject, program);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Lacks(Subject, $"{program} is installed, and /dev/net/tun cannot be opened: {e.Message.TrimEnd('.')}", "sudo modprobe tun && sudo chmod 666 /dev/net/tun");
        }
    }

    // As the tool itself goes there.
    private (int Code, string Output) Entered(RuntimeProgram runtime, params string[] words)
    {
        var containers = new ContainerStore(paths).Directory;
        Directory.CreateDirectory(containers);
        return Try(runtime.Path, ["enter", "--containers", containers, "--", .. words]);
    }

    private static (int Code, string Output) Try(string program, params string[] words)
    {
        const int Patience = 10_000;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }

        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
            }

            return (process.ExitCode, (output + error.GetAwaiter().GetResult()).Trim());
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
