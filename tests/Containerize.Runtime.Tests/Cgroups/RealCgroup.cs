using System.Diagnostics;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Xunit;

namespace Containerize.Runtime.Tests.Cgroups;

/// <summary>A cgroup of the host for one test, with processes in it; gone with all of them when disposed.</summary>
internal sealed class RealCgroup : IDisposable
{
    private readonly List<Process> _processes = [];
    private readonly CgroupHierarchies _hierarchies;
    private readonly string _enabled;

    private RealCgroup(CgroupHierarchies hierarchies, ResourcesSpec? resources)
    {
        _hierarchies = hierarchies;
        _enabled = Enabled();
        Cgroup = Cgroup.Create(hierarchies, CgroupPath.Of(Path, "unused"), resources, rootless: false);
    }

    /// <summary>The cgroup.</summary>
    public Cgroup Cgroup { get; }

    /// <summary>Its place, two levels of its own below the top.</summary>
    public string Path { get; } = $"/containerize-test-{Guid.NewGuid():N}/inner";

    /// <summary>One in each hierarchy of version 1, and in that beside them.</summary>
    public static RealCgroup OnVersion1(ResourcesSpec? resources = null)
    {
        var hierarchies = Hierarchies();
        Skip.If(hierarchies.IsUnified, "the host has cgroup version 2 alone");
        Skip.If(hierarchies.All.All(h => !h.Controllers.Contains("devices")), "the devices controller of cgroup version 1 is not mounted");
        return new(hierarchies, resources);
    }

    /// <summary>One of version 2, also where that stands beside version 1.</summary>
    public static RealCgroup OnVersion2(ResourcesSpec? resources = null)
    {
        var unified = Hierarchies().All.FirstOrDefault(h => h.Version == CgroupVersion.Two);
        Skip.If(unified is null, "cgroup version 2 is not mounted");
        return new(new([unified!]), resources);
    }

    /// <summary>Starts a process that waits, and puts it into the cgroup.</summary>
    public int StartProcess()
    {
        var process = StartOutside();
        Cgroup.Join(process);
        return process;
    }

    /// <summary>Starts a process in the cgroup that has touched memory there: what it had before it came counts elsewhere.</summary>
    public void StartProcessThatUsesMemory()
    {
        var process = Process.Start(new ProcessStartInfo("sh", ["-c", "read line; exec sleep 300"]) { RedirectStandardInput = true })!;
        _processes.Add(process);
        Cgroup.Join(process.Id);
        process.StandardInput.WriteLine("go");
        var (controller, file) = Cgroup.IsUnified ? ("", "memory.current") : ("memory", "memory.usage_in_bytes");
        for (var i = 0; i < 500 && ulong.Parse(Read(controller, file)) <= 4096; i++)
        {
            Thread.Sleep(10);
        }
    }

    /// <summary>Starts a process that waits.</summary>
    public int StartOutside()
    {
        var process = Process.Start(new ProcessStartInfo("sleep", ["300"]))!;
        _processes.Add(process);
        return process.Id;
    }

    /// <summary>Waits until a process that was killed has ended.</summary>
    public bool HasEnded(int pid) => _processes.Single(p => p.Id == pid).WaitForExit(5000);

    /// <summary>One of the cgroup's files.</summary>
    public string Read(string controller, string file) => File.ReadAllText($"{Cgroup.Paths[controller]}/{file}").TrimEnd('\n');

    /// <summary>Which of the host's directories belong to it.</summary>
    public IEnumerable<string> Remains() =>
        _hierarchies.All.Select(h => h.Absolute(Path.Trim('/').Split('/')[0])).Where(Directory.Exists);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
        }

        if (Cgroup.IsFrozen)
        {
            Cgroup.Thaw();
        }

        foreach (var process in _processes)
        {
            process.WaitForExit(5000);
            process.Dispose();
        }

        Cgroup.Remove();
        Cgroup.Undo();
        Cgroup.Dispose();
        if (CgroupHierarchies.Find().IsUnified)
        {
            // They are for everybody there, and other tests use them at this moment.
            return;
        }

        foreach (var controller in Enabled().Split(' ').Except(_enabled.Split(' ')))
        {
            // A controller that is enabled in version 2 cannot be mounted as version 1 any more.
            File.WriteAllText(SubtreeControl, $"-{controller}");
        }
    }

    private string SubtreeControl => $"{_hierarchies.All[0].MountPoint}/cgroup.subtree_control";

    private string Enabled() => File.Exists(SubtreeControl) ? File.ReadAllText(SubtreeControl).TrimEnd('\n') : "";

    private static CgroupHierarchies Hierarchies()
    {
        Skip.If(Syscall.Try(SyscallNumber.Geteuid) != 0, "making a cgroup needs root");
        var hierarchies = CgroupHierarchies.Find();
        Skip.If(hierarchies.All.Count == 0, "no cgroup filesystem is mounted");
        return hierarchies;
    }
}
