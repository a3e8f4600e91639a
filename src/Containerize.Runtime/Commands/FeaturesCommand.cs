using System.Text;
using Containerize.Runtime.Documents;
using Containerize.Runtime.Seccomp;
using Known = Containerize.Runtime.Linux.Namespaces;

namespace Containerize.Runtime.Commands;

/// <summary>`features`: what this runtime can do (runtime-spec features.md).</summary>
internal static class FeaturesCommand
{
    /// <summary>The newest version of the specification that is understood.</summary>
    public const string NewestSpec = "1.2.0";

    /// <summary>Prints the features.</summary>
    public static int Run(Invocation invocation)
    {
        Options.Read("features", invocation.Words, [], []).Expect(0, 0, "no words");
        return Output.Write(Encoding.UTF8.GetString(RuntimeDocuments.WriteIndented(new FeaturesDocument())) + "\n");
    }
}

/// <summary>The document of `features`.</summary>
internal sealed record FeaturesDocument
{
    /// <summary>The oldest version of the specification.</summary>
    public string OciVersionMin { get; init; } = "1.0.0";

    /// <summary>The newest.</summary>
    public string OciVersionMax { get; init; } = FeaturesCommand.NewestSpec;

    /// <summary>Kinds of hooks.</summary>
    public IReadOnlyList<string> Hooks { get; init; } = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];

    /// <summary>Options of mounts.</summary>
    public IReadOnlyList<string> MountOptions { get; init; } = Steps.MountOptions.Words;

    /// <summary>What only Linux has.</summary>
    public LinuxFeatures Linux { get; init; } = new();

    /// <summary>Annotations, with what the runtime is.</summary>
    public Dictionary<string, string> Annotations { get; init; } = new() { ["dev.containerize.runtime.version"] = ProductVersion.Current };

    /// <summary>Annotations of config.json that change what the runtime does: there are none.</summary>
    public IReadOnlyList<string> PotentiallyUnsafeConfigAnnotations { get; init; } = [];

    /// <summary>Features of Linux.</summary>
    internal sealed record LinuxFeatures
    {
        /// <summary>Kinds of namespaces.</summary>
        public IReadOnlyList<string> Namespaces { get; init; } = [.. Known.All.Select(known => known.Word).Order(StringComparer.Ordinal)];

        /// <summary>Capabilities.</summary>
        public IReadOnlyList<string> Capabilities { get; init; } = [.. Steps.Capabilities.Names.Select(name => "CAP_" + name)];

        /// <summary>Control groups.</summary>
        public CgroupFeatures Cgroup { get; init; } = new();

        /// <summary>Filters of system calls.</summary>
        public SeccompFeatures Seccomp { get; init; } = new();

        /// <summary>AppArmor.</summary>
        public Switch Apparmor { get; init; } = new() { Enabled = true };

        /// <summary>SELinux.</summary>
        public Switch Selinux { get; init; } = new() { Enabled = true };

        /// <summary>Resource director technology.</summary>
        public Switch IntelRdt { get; init; } = new();

        /// <summary>What mounts can be beside their options.</summary>
        public MountExtensionFeatures MountExtensions { get; init; } = new();
    }

    /// <summary>Features of filters of system calls.</summary>
    internal sealed record SeccompFeatures
    {
        /// <summary>Whether there are any.</summary>
        public bool Enabled { get; init; } = true;

        /// <summary>What a rule can do.</summary>
        public IReadOnlyList<string> Actions { get; init; } =
        [
            "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY",
            "SCMP_ACT_TRACE", "SCMP_ACT_TRAP",
        ];

        /// <summary>How arguments are compared.</summary>
        public IReadOnlyList<string> Operators { get; init; } =
            ["SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_LE", "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE"];

        /// <summary>Architectures that calls are filtered of.</summary>
        public IReadOnlyList<string> Archs { get; init; } = ["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM", "SCMP_ARCH_X32", "SCMP_ARCH_X86", "SCMP_ARCH_X86_64"];

        /// <summary>Flags of seccomp(2).</summary>
        public IReadOnlyList<string> KnownFlags { get; init; } = SeccompFlags.Known;

        /// <summary>Those that this kernel has.</summary>
        public IReadOnlyList<string> SupportedFlags { get; init; } = [.. SeccompFlags.Known.Where(SeccompFlags.IsSupported)];
    }

    /// <summary>Features of mounts.</summary>
    internal sealed record MountExtensionFeatures
    {
        /// <summary>Mapped ids.</summary>
        public Switch Idmap { get; init; } = new() { Enabled = true };
    }

    /// <summary>Features of control groups.</summary>
    internal sealed record CgroupFeatures
    {
        /// <summary>Version 1.</summary>
        public bool V1 { get; init; } = true;

        /// <summary>Version 2.</summary>
        public bool V2 { get; init; } = true;

        /// <summary>Through systemd.</summary>
        public bool Systemd { get; init; }

        /// <summary>Through the user's systemd.</summary>
        public bool SystemdUser { get; init; }

        /// <summary>RDMA.</summary>
        public bool Rdma { get; init; } = true;
    }

    /// <summary>Something that is there or not.</summary>
    internal sealed record Switch
    {
        /// <summary>Whether it is there.</summary>
        public bool Enabled { get; init; }
    }
}
