using System.Runtime.InteropServices;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Documents;
using Containerize.Runtime.Seccomp;

namespace Containerize.Runtime.Steps;

/// <summary>The filter of system calls, compiled by the host meanwhile, and loaded in the one place where it can be.</summary>
internal sealed class SeccompStep
{
    private readonly SeccompFilter _filter;
    private readonly int _listener;
    private readonly byte[] _state;

    private SeccompStep(SeccompFilter filter, int listener, byte[] state)
    {
        _filter = filter;
        _listener = listener;
        _state = state;
    }

    /// <summary>Host: compiles a profile for init; empty where it filters nothing.</summary>
    public static byte[] Compile(SeccompSpec profile) => SeccompCompiler.Compile(profile, RuntimeInformation.ProcessArchitecture)?.ToBytes() ?? [];

    /// <summary>Init: takes the filter; null where there is none.</summary>
    /// <param name="compiled">What the host has compiled.</param>
    /// <param name="listener">The connected socket of whoever answers notifications; -1: nobody.</param>
    /// <param name="state">What it is told.</param>
    public static SeccompStep? Prepare(byte[] compiled, int listener, Func<ContainerProcessState> state)
    {
        if (compiled.Length == 0)
        {
            return null;
        }

        var filter = SeccompFilter.Of(compiled);
        if (filter.WantsListener && listener < 0)
        {
            throw Failure.Of(6040, "reading the container's seccomp profile", "it notifies (SCMP_ACT_NOTIFY), and has no listenerPath", "Add linux.seccomp.listenerPath.");
        }

        var json = filter.WantsListener ? RuntimeDocuments.Write(state()) : [];
        return new SeccompStep(filter, listener, json);
    }

    /// <summary>Loads it on the calling thread.</summary>
    public void Load() => Failure.Step("loading the seccomp filter", () =>
    {
        using var notifications = SeccompLoader.Load(_filter);
        if (notifications is not null)
        {
            SeccompListener.Send(_listener, notifications.Number, _state);
            // The end of the connection is the end of the state; we have the only descriptor of it by now.
            new Descriptor(_listener).Dispose();
        }
    });
}
