using System.Globalization;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Commands;

/// <summary>`create`.</summary>
internal static class CreateCommand
{
    private const int MostDescriptors = 1 << 20;

    /// <summary>The options that `run` has too.</summary>
    public static readonly string[] Flags = ["no-pivot", "no-new-keyring"];

    /// <summary>The options with values that `run` has too.</summary>
    public static readonly string[] Values = ["bundle,b", "config,f", "console-socket", "pid-file", "preserve-fds"];

    /// <summary>Makes a container, and leaves it waiting.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("create", invocation.Words, Flags, Values);
        var id = options.Expect(1, 1, "the id of the container")[0];
        var bundle = ReadBundle(options);
        if (bundle.Spec.Find("pid") is { Path.Length: > 0 })
        {
            SealedExecutable.Become();
        }

        using var console = ConsoleEnds.Make(options, bundle.Spec.Process!.Terminal, detached: true);
        using var host = Creation.Make(invocation.Root, id, bundle, Wishes(options, console?.Childs ?? -1) with { Log = invocation.Log });
        return 0;
    }

    /// <summary>The bundle that the options name.</summary>
    public static Bundle ReadBundle(Options options) => Bundle.Read(options.Value("bundle") ?? ".", options.Value("config") ?? StateDirectory.Config);

    /// <summary>What the options say of the making.</summary>
    public static Creation.Wishes Wishes(Options options, int consoleSocket) => new()
    {
        ConsoleSocket = consoleSocket,
        PreservedDescriptors = Preserved(options),
        ListenDescriptors = Listening(),
        NoPivot = options.Has("no-pivot"),
        NoNewKeyring = options.Has("no-new-keyring"),
        PidFile = options.Value("pid-file"),
    };

    /// <summary>How many descriptors of socket activation there are, the first of which is 3 (sd_listen_fds(3)).</summary>
    public static int Listening() =>
        int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    /// <summary>How many descriptors from 3 on are kept: those of socket activation, and those asked for.</summary>
    public static int Preserved(Options options)
    {
        var asked = options.Number("preserve-fds") ?? 0;
        if (asked is < 0 or > MostDescriptors)
        {
            throw Options.Bad(options.Command, $"--preserve-fds {asked} is not from 0 to {MostDescriptors}");
        }

        var count = asked + Listening();
        for (var descriptor = 3; descriptor < 3L + count; descriptor++)
        {
            const int GetDescriptorFlags = 1;
            // Ours are all close-on-exec, and may have taken a number that the caller left free.
            if (Syscall.Try(SyscallNumber.Fcntl, descriptor, GetDescriptorFlags) != 0)
            {
                throw Options.Bad(options.Command, $"--preserve-fds: descriptor {descriptor} is not open");
            }
        }

        return (int)count;
    }
}
