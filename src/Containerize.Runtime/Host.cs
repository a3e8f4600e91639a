using System.Globalization;
using System.Runtime.InteropServices;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Cgroups;
using Containerize.Runtime.Documents;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime;

/// <summary>The parent's side of a new process in a container: forks it, and answers it until it is ready. See <see cref="SyncChannel"/>.</summary>
internal sealed unsafe class Host : IDisposable
{
    private readonly RuntimeSpec _spec;
    private readonly SyncChannel _channel;
    private Descriptor? _process;
    private SealedExecutable? _executable;

    // Whether a first child joins namespaces and makes the second, who becomes init.
    private bool _twoChildren;

    // Whether the child waits for our word before it executes anything.
    private bool _waits;

    private Host(RuntimeSpec spec, SyncChannel channel)
    {
        _spec = spec;
        _channel = channel;
    }

    /// <summary>The process id of init, as we see it.</summary>
    public int Pid { get; private set; }

    /// <summary>Init's pidfd.</summary>
    public int Process => _process!.Number;

    /// <summary>What is done for a child, mostly at the points at which it waits.</summary>
    /// <param name="Prepare">While it starts: cgroup and the like. The child's process id; what it is asked then.</param>
    /// <param name="Hooks">When everything is mounted; null where there are no such hooks.</param>
    /// <param name="Meanwhile">While it mounts: what is better done before it is ready. The child's process id.</param>
    /// <param name="Ready">When it is ready: what our own start, or its becoming another user, would not survive.</param>
    internal sealed record Duties(Func<int, Preparation> Prepare, Action<int>? Hooks, Action<int> Meanwhile, Action<int> Ready)
    {
        /// <summary>The cgroup of version 2 in which it is born; null: ours.</summary>
        public CgroupDirectory? Birthplace { get; init; }
    }

    /// <summary>What <see cref="Duties.Prepare"/> has made.</summary>
    /// <param name="Cgroups">What the child is told of them.</param>
    /// <param name="Entrance">How the child enters those of version 1 by itself; null: it is there.</param>
    internal sealed record Preparation(InitCgroups Cgroups, CgroupEntrance? Entrance);

    /// <summary>Forks a process, and answers it until it is ready.</summary>
    /// <param name="spec">The configuration.</param>
    /// <param name="joins">Namespaces to join before the others are made: descriptor, flags, words for the error.</param>
    /// <param name="request">What init is asked; its descriptors are handed on.</param>
    /// <param name="config">The configuration as JSON, for init.</param>
    /// <param name="duties">What is done meanwhile.</param>
    public static Host Start(RuntimeSpec spec, IReadOnlyList<NamespaceJoin> joins, InitRequest request, byte[] config, Duties duties)
    {
        var (ours, childs) = Sockets.Pair();
        var host = new Host(spec, new SyncChannel(ours));
        try
        {
            using (childs)
            {
                host.Fork(joins, request, childs.Number, duties.Birthplace);
            }

            host.Answer(joins, request, config, duties);
            return host;
        }
        catch
        {
            host.Abandon();
            host.Dispose();
            throw;
        }
    }

    /// <summary>Waits until init has become the user's program; what it failed at is thrown.</summary>
    public void AwaitExec()
    {
        if (_channel.Receive() is { } message)
        {
            throw Translate(message, []);
        }
    }

    /// <summary>Ends init, and reaps it where it is our child.</summary>
    public void Abandon()
    {
        if (_process is null)
        {
            return;
        }

        Syscall.Try(SyscallNumber.PidfdSendSignal, _process.Number, Signals.Kill, 0, 0);
        try
        {
            Waiting.ForChild(_process.Number);
        }
        catch (SyscallException)
        {
            // Somebody else's child by now.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process?.Dispose();
        _executable?.Dispose();
        _channel.Dispose();
    }

    private void Fork(IReadOnlyList<NamespaceJoin> joins, InitRequest request, int childChannel, CgroupDirectory? birthplace)
    {
        _executable = SealedExecutable.Open();
        using var arguments = new NativeStrings(["containerize-runtime", "init", childChannel.ToString(CultureInfo.InvariantCulture)]);
        using var environment = new NativeStrings([]);
        var descriptors = stackalloc int[joins.Count + 1];
        var flags = stackalloc ulong[joins.Count + 1];
        for (var i = 0; i < joins.Count; i++)
        {
            descriptors[i] = joins[i].Descriptor;
            flags[i] = joins[i].Flags;
        }

        int[] kept = [childChannel, _executable.Number, request.StartFifo, request.ConsoleSocket, request.SeccompListener];
        Array.Sort(kept);
        var keptNumbers = stackalloc int[kept.Length];
        kept.CopyTo(new Span<int>(keptNumbers, kept.Length));
        var emptyPath = (byte*)NativeMemory.AllocZeroed(1);
        try
        {
            InitPlan plan = default;
            plan.Channel = childChannel;
            plan.ParentChannel = _channel.Number;
            plan.Executable = _executable.Number;
            plan.EmptyPath = emptyPath;
            plan.Arguments = arguments.Pointers;
            plan.Environment = environment.Pointers;
            plan.FirstClosed = 3 + request.PreservedDescriptors;
            plan.KeptCount = kept.Length;
            plan.Kept = keptNumbers;
            plan.JoinCount = joins.Count;
            plan.JoinDescriptors = descriptors;
            plan.JoinFlags = flags;
            plan.UnshareTime = !request.Joins && _spec.HasNew("time");
            plan.Joins = _twoChildren = joins.Count > 0 || plan.UnshareTime;
            plan.UnshareUser = plan.Joins && !request.Joins && _spec.HasNew("user");
            plan.BecomeRoot = request.Joins ? joins.Any(join => (join.Flags & CloneFlags.NewUser) != 0) : _spec.HasOwn("user");
            plan.CloneFlags = request.Joins ? 0 : NewNamespaces(plan.Joins);
            plan.Waits = _waits = NeedsMaps(request) || Rootless.IsSo;

            Inherit(childChannel);
            Inherit(request.StartFifo);
            Inherit(request.ConsoleSocket);
            Inherit(request.SeccompListener);
            var pidDescriptor = -1;
            CloneArguments clone = default;
            clone.Flags = CloneFlags.PidDescriptor;
            clone.PidDescriptor = (ulong)&pidDescriptor;
            clone.Flags |= birthplace is null ? 0 : CloneFlags.IntoCgroup;
            clone.Cgroup = (ulong)(birthplace?.Number ?? 0);
            var forked = RawChild.Fork(&plan, &clone);
            // Of these clone3(2) says that they are about the cgroup.
            if (birthplace is not null && forked is -Errno.EBUSY or -Errno.EACCES or -Errno.EOPNOTSUPP)
            {
                throw CgroupEntrance.Refused(birthplace.Path, (int)-forked);
            }

            Pid = (int)Syscall.Check(forked, "clone3", "with the container's namespaces");
            _process = new Descriptor(pidDescriptor);
        }
        finally
        {
            NativeMemory.Free(emptyPath);
        }
    }

    // All but those that are made later: the cgroup namespace, whose root is the cgroup in which it is made, and the network namespace, which takes the
    // kernel so long that something else is better done meanwhile. And the time namespace is for children.
    private ulong NewNamespaces(bool inSecondChild)
    {
        var flags = 0ul;
        foreach (var (word, flag, _) in Namespaces.All)
        {
            if (_spec.HasNew(word) && flag is not (CloneFlags.NewCgroup or CloneFlags.NewNetwork or CloneFlags.NewTime) && !(inSecondChild && flag == CloneFlags.NewUser))
            {
                flags |= flag;
            }
        }

        return flags;
    }

    private void Answer(IReadOnlyList<NamespaceJoin> joins, InitRequest request, byte[] config, Duties duties)
    {
        var awaitsSecond = _twoChildren;
        while (awaitsSecond)
        {
            switch (_channel.Receive())
            {
                case { Kind: SyncKind.NeedsIdMaps }:
                    UserNamespace.WriteMaps(Pid, _spec.Linux!);
                    _channel.Send(SyncKind.Proceed);
                    break;
                case { Kind: SyncKind.NeedsTimeOffsets }:
                    TimeOffsets.Write(Pid, _spec.Linux?.TimeOffsets);
                    _channel.Send(SyncKind.Proceed);
                    break;
                case { Kind: SyncKind.SecondChild } message:
                    TakeSecond(message.Number(0));
                    awaitsSecond = false;
                    break;
                case var other:
                    throw Translate(other, joins);
            }
        }

        try
        {
            Instruct(request, config, duties);
        }
        catch (Exception e) when (e is ContainerizeException or SyscallException && (HasHungUp(e) || Polling.Wait(Process, 0)) && _channel.Receive() is { } last)
        {
            // Nothing can be done to it, as it has ended or is about to: its last words say why.
            throw Translate(last, joins);
        }

        while (true)
        {
            switch (_channel.Receive())
            {
                case { Kind: SyncKind.NeedsTree } message:
                    SendTree(message.Number(0), request.Bundle);
                    break;
                case { Kind: SyncKind.RunHooks }:
                    duties.Hooks?.Invoke(Pid);
                    _channel.Send(SyncKind.Proceed);
                    break;
                case { Kind: SyncKind.Ready }:
                    duties.Ready(Pid);
                    _channel.Send(SyncKind.Proceed);
                    return;
                case var other:
                    throw Translate(other, joins);
            }
        }
    }

    private void Instruct(InitRequest request, byte[] config, Duties duties)
    {
        if (NeedsMaps(request))
        {
            UserNamespace.WriteMaps(Pid, _spec.Linux!);
        }

        // A plain user may write to the files of a process in /proc only until that has executed us.
        var prepared = Rootless.IsSo ? duties.Prepare(Pid) : null;
        if (_waits)
        {
            _channel.Send(SyncKind.Proceed);
        }

        _channel.Send(SyncKind.Request, RuntimeDocuments.Write(request with { HostPid = Pid }));
        _channel.Send(SyncKind.Request, config);
        prepared ??= duties.Prepare(Pid);
        using var entrance = prepared.Entrance;
        var files = new int[entrance?.Files.Count ?? 0];
        for (var i = 0; i < files.Length; i++)
        {
            files[i] = entrance!.Files[i].Number;
        }

        _channel.Send(SyncKind.Cgroups, RuntimeDocuments.Write(prepared.Cgroups with { Entered = entrance is null ? null : [.. entrance.Paths] }), files);
        // What takes its time is done here, in the order in which init waits for it: init has enough to do.
        if (request.AwaitsNetwork)
        {
            Failure.Step("making the container's network namespace", () =>
            {
                using var network = NetworkNamespace.MakeAside();
                _channel.Send(SyncKind.Network, [], [network.Number]);
            });
        }

        if (_spec.Linux?.Seccomp is { } profile)
        {
            _channel.Send(SyncKind.Filter, SeccompStep.Compile(profile));
        }

        _executable!.Dispose();
        duties.Meanwhile(Pid);
    }

    // What the configuration names and nothing else, though nobody but us is in the container yet.
    private void SendTree(int index, string bundle)
    {
        using var tree = _spec.Mounts is { } mounts && index >= 0 && index < mounts.Count ? Mounts.TryCopy(mounts[index], bundle) : null;
        _channel.Send(SyncKind.Tree, [], tree is null ? [] : [tree.Number]);
    }

    // Whether it does not listen any more.
    private static bool HasHungUp(Exception e) =>
        e is SyscallException { Errno: Errno.EPIPE or Errno.ECONNRESET } || (e.InnerException is { } inner && HasHungUp(inner));

    // Where there are two children, the first asks for them.
    private bool NeedsMaps(InitRequest request) => !_twoChildren && !request.Joins && _spec.HasNew("user");

    // The first child has ended: it is reaped, and the second, whose parent we are too, is who we talk to.
    private void TakeSecond(int pid)
    {
        var second = new Descriptor((int)Syscall.Check(Syscall.Try(SyscallNumber.PidfdOpen, pid, 0), "pidfd_open", "the container's first process"));
        Waiting.ForChild(_process!.Number);
        _process.Dispose();
        _process = second;
        Pid = pid;
    }

    private static void Inherit(int descriptor)
    {
        if (descriptor >= 0)
        {
            Pipe.Inherit(descriptor);
        }
    }

    private static ContainerizeException Translate(SyncMessage? message, IReadOnlyList<NamespaceJoin> joins)
    {
        const string Doing = "creating the container";
        switch (message)
        {
            case null:
                return Failure.Of(6003, Doing, "the container's first process ended without a word", "It may have been killed; look for the out-of-memory killer in the kernel's log.");
            case { Kind: SyncKind.Failure }:
                return new ContainerizeException(6003, "unable to start container process", message.Text.TrimEnd('.'), "");
            case { Kind: SyncKind.RawFailure }:
                var which = message.Number(1);
                var step = (RawStep)message.Number(0) switch
                {
                    RawStep.Join => which >= 0 && which < joins.Count ? $"setns {joins[which].Name}" : "setns",
                    RawStep.UnshareUser => "unshare: a user namespace",
                    RawStep.UnshareTime => "unshare: a time namespace",
                    RawStep.SecondClone => "clone3 with the container's namespaces",
                    RawStep.NewSession => "setsid",
                    RawStep.BecomeRoot => "becoming user 0 of the user namespace (is it mapped?)",
                    _ => "execveat of containerize-runtime",
                };
                return Failure.Of(6003, Doing, $"{step}: {Errno.Describe(message.Number(2))}");
            default:
                return Failure.Of(6003, Doing, $"an unexpected message ({(int)message.Kind}) from the container's first process");
        }
    }
}

/// <summary>A namespace to join.</summary>
/// <param name="Descriptor">The namespace's file, or the pidfd of a process in it.</param>
/// <param name="Flags">Which, as setns takes it.</param>
/// <param name="Name">For the error.</param>
internal sealed record NamespaceJoin(int Descriptor, ulong Flags, string Name);
