using System.Text;
using System.Text.Json;
using Containerize.Runtime.Commands;

namespace Containerize.Runtime;

/// <summary>The entry: `init`, which nobody types, or one of the commands.</summary>
internal static class Program
{
    private static readonly Dictionary<string, (Func<Invocation, int> Run, string Usage, string Summary)> Commands = new()
    {
        ["create"] = (CreateCommand.Run, "[options] ID", "make a container, which then waits to be started"),
        ["start"] = (StartCommand.Run, "ID", "start the user's program in a container that was created"),
        ["run"] = (RunCommand.Run, "[options] ID", "create and start a container, and wait for it"),
        ["state"] = (StateCommand.Run, "ID", "print the state of a container as JSON"),
        ["kill"] = (KillCommand.Run, "[--all] ID [SIGNAL]", "send a signal to a container, SIGTERM by default"),
        ["delete"] = (DeleteCommand.Run, "[--force] ID", "remove a container that has stopped"),
        ["exec"] = (ExecCommand.Run, "[options] ID COMMAND [ARG...]", "run another process in a container"),
        ["ps"] = (PsCommand.Run, "[--format json] ID", "list the processes of a container"),
        ["list"] = (ListCommand.Run, "[--format json] [--quiet]", "list the containers"),
        ["pause"] = (PauseCommand.Run, "ID", "freeze all processes of a container"),
        ["resume"] = (PauseCommand.Resume, "ID", "let them run again"),
        ["update"] = (UpdateCommand.Run, "[options] ID", "change the limits of a container"),
        ["monitor"] = (MonitorCommand.Run, "[options] ID", "create a container under a keeper that logs and reaps"),
        ["attach"] = (AttachCommand.Run, "--directory DIR [options]", "stay in front of a local container"),
        ["enter"] = (EnterCommand.Run, "--containers DIR -- PROGRAM [ARG...]", "run a program in the user namespace of a plain user's containers"),
        ["view"] = (ViewCommand.Run, "--directory DIR [--mounts] [--write]", "hold a local container's files open until the input ends"),
        ["probe"] = (ProbeCommand.Run, "--directory DIR [--kind KIND] [--user]", "try an overlay filesystem in an empty directory"),
        ["events"] = (EventsCommand.Run, "[options] ID", "print what a container uses, and when it is out of memory, as JSON"),
        ["spec"] = (SpecCommand.Run, "[--rootless] [--bundle DIR]", "write a config.json to begin with"),
        ["features"] = (FeaturesCommand.Run, "", "print what this runtime can do as JSON"),
    };

    private static int Main(string[] arguments)
    {
        if (arguments is ["init", var channel])
        {
            return Init.Run(channel);
        }

        if (arguments is ["--", _, ..])
        {
            return FirstProcess.Run(arguments[1..]);
        }

        var log = new RuntimeLog();
        var command = "";
        try
        {
            var global = Options.Read("containerize-runtime", arguments, ["debug", "systemd-cgroup", "help,h", "version,v"],
                ["root", "log", "log-format", "rootless", "criu", "cgroup-manager"]);
            log = new RuntimeLog { Path = global.Value("log"), Format = global.Value("log-format") ?? "text", IsDebug = global.Has("debug") };
            if (log.Format is not ("text" or "json"))
            {
                throw Options.Bad("containerize-runtime", $"invalid log-format: {log.Format}");
            }

            if (global.Has("version"))
            {
                return Output.Write($"containerize-runtime version {ProductVersion.Current}\nspec: {FeaturesCommand.NewestSpec}\n");
            }

            if (global.Has("help") || global.Rest.Count == 0 || global.Rest[0] == "help")
            {
                return Output.Write(Help());
            }

            command = global.Rest[0];
            if (!Commands.TryGetValue(command, out var found))
            {
                // As runc, with its exit code.
                log.Error($"No help topic for '{command}'");
                return 3;
            }

            if (global.Rest.Count > 1 && global.Rest[1] is "--help" or "-h")
            {
                return Output.Write($"usage: containerize-runtime {command} {found.Usage}\n\n{found.Summary}\n{CommandHelp.Of(command)}");
            }

            if (global.Has("systemd-cgroup"))
            {
                throw Options.Bad("containerize-runtime", "--systemd-cgroup: systemd as cgroup manager is not supported; use the engine's cgroupfs manager");
            }

            // As crun has it.
            if (global.Value("cgroup-manager") is { } manager and not "cgroupfs")
            {
                throw Options.Bad("containerize-runtime", $"--cgroup-manager {manager} is not supported; use cgroupfs");
            }

            return found.Run(new Invocation(global.Value("root") ?? DefaultRoot(), log, [.. global.Rest.Skip(1)]));
        }
        catch (Exception e) when (e is ContainerizeException or SyscallException or ArgumentException or JsonException or IOException or UnauthorizedAccessException or OverflowException)
        {
            log.Error(command.Length == 0 ? e.Message : $"containerize-runtime {command} failed: {e.Message}");
            // As runc: what comes of `exec` itself is not to be taken for the process's exit code.
            return command == "exec" ? 255 : 1;
        }
    }

    private static string DefaultRoot()
    {
        const string Name = "containerize/runtime";
        var user = Syscall.Try(SyscallNumber.Geteuid);
        return !Rootless.IsSo ? "/run/" + Name
            : Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } directory ? $"{directory}/{Name}"
            // Root of a container, who is root there in all respects.
            : user == 0 ? "/run/" + Name
            : $"/tmp/containerize-{user}/runtime";
    }

    private static string Help()
    {
        var text = new StringBuilder("""
            containerize-runtime: an OCI runtime

            usage: containerize-runtime [global options] COMMAND [options] [arguments]

            commands:

            """);
        foreach (var (name, (_, usage, summary)) in Commands)
        {
            text.Append("  ").Append($"{name} {usage}".PadRight(42)).Append(' ').Append(summary).Append('\n');
        }

        text.Append("""

            global options:
              --root DIR             where the state of containers is kept
              --log FILE             where errors are told of, beside standard error
              --log-format FORMAT    text or json
              --systemd-cgroup       not supported
              --cgroup-manager NAME  cgroupfs
              --debug                tell of steps too
              --version, -v          print the version
              --help, -h             print this, or after a command that command's options

            """);
        return text.ToString();
    }
}

/// <summary>One call of a command.</summary>
/// <param name="Root">Where all containers' state is.</param>
/// <param name="Log">Where to tell of errors.</param>
/// <param name="Words">The words after the command.</param>
internal sealed record Invocation(string Root, RuntimeLog Log, IReadOnlyList<string> Words);
