using System.CommandLine;
using System.Globalization;
using Containerize.Containers;
using Containerize.Containers.Options;
using Containerize.Linux;
using Containerize.Tool.Containers;

namespace Containerize.Tool.Commands;

/// <summary><c>exec</c>: one more process in a container.</summary>
internal static class ExecCommand
{
    internal const string Name = "exec";

    internal static Command Create(Terminal terminal)
    {
        var name = ContainerCommands.Name();
        var words = new Argument<string[]>("COMMAND") { Description = "The program and its arguments.", Arity = ArgumentArity.OneOrMore };
        var detach = ContainerOptions.Flag("--detach", "Leaves it to itself.", "-d");
        var tty = ContainerOptions.Flag("--tty", "With a terminal.", "-t");
        var interactive = ContainerOptions.Flag("--interactive", "Gives it the input.", "-i");
        var user = ContainerOptions.One("--user", "USER[:GROUP]", "Who it is.", "-u");
        var directory = ContainerOptions.One("--workdir", "PATH", "The directory in which it starts.", "-w");
        var environment = ContainerOptions.Several("--env", "NAME=VALUE", "A variable.", "-e");
        var files = ContainerOptions.Several("--env-file", "FILE", "Variables, one on each line.");
        var privileged = ContainerOptions.Flag("--privileged", "With all capabilities.");
        var keys = ContainerOptions.One("--detach-keys", "KEYS", "Accepted: nothing leaves a program of exec, which ends with its terminal.");
        var command = new Command(Name, "Runs another program in a container that runs.") { name, words, detach, tty, interactive, user, directory, environment, files, privileged, keys };
        command.SetAction(parsed =>
        {
            var engine = new LocalEngine(terminal);
            var container = engine.Containers.Resolve(parsed.GetValue(name)!);
            if (container.Status.Status != "running")
            {
                throw new ContainerizeException(
                    5023,
                    $"running a program in the container '{container.Name}'",
                    $"it is not running ({container.Status.Status})",
                    container.Status.Status == "paused" ? "Unpause it: 'dotnet containerize unpause'." : "Start it: 'dotnet containerize start'.");
            }

            var root = $"/proc/{container.Status.Pid}/root";
            List<string> options = [];
            if (parsed.GetValue(user) is { } text)
            {
                var who = ContainerUser.Find(text, [], LayerFiles.TryReadText([root], "etc/passwd"), LayerFiles.TryReadText([root], "etc/group")).On(engine.Machine);
                options.AddRange(["--user", string.Create(CultureInfo.InvariantCulture, $"{who.Uid}:{who.Gid}")]);
                options.AddRange(who.Groups.SelectMany(g => (string[])["--additional-gids", g.ToString(CultureInfo.InvariantCulture)]));
                options.AddRange(["--env", "HOME=" + who.Home]);
            }

            foreach (var variable in ContainerOptions.Values(parsed, files).SelectMany(f => EnvironmentOption.ReadFile("--env-file", terminal.PathOf(f), terminal.Variable))
                .Concat(ContainerOptions.Values(parsed, environment).Select(e => EnvironmentOption.Read("-e", e, terminal.Variable)).OfType<string>()))
            {
                options.AddRange(["--env", variable]);
            }

            if (parsed.GetValue(directory) is { } cwd)
            {
                options.AddRange(["--cwd", cwd]);
            }

            if (parsed.GetValue(privileged))
            {
                options.AddRange(CapabilitySet.Of([], [], privileged: true, engine.Machine.Capabilities).SelectMany(c => (string[])["--cap", c]));
            }

            if (parsed.GetValue(keys) is { } leave)
            {
                options.AddRange(["--detach-keys", leave]);
            }

            if (parsed.GetValue(tty))
            {
                options.AddRange(["--tty", "--env", "TERM=" + (terminal.Variable("TERM") ?? "xterm")]);
            }

            if (parsed.GetValue(detach))
            {
                options.Add("--detach");
            }

            if (!parsed.GetValue(interactive) || parsed.GetValue(detach))
            {
                InputOf("/dev/null");
            }

            ProgramImage.Replace(
                engine.Runtime.Path,
                ["containerize-runtime", "--root", engine.Runtime.StateRoot, "exec", "--engine-exit-codes", "--called", $"the container '{container.Name}'", .. options, container.Id, .. parsed.GetValue(words)!],
                new Dictionary<string, string>());
            return Launching.Failed;
        });
        return command;
    }

    private static void InputOf(string path)
    {
        using var file = FileSystem.Open(Descriptor.WorkingDirectory, path, OpenFlags.ReadOnly);
        Syscall.Check(Syscall.Try(SyscallNumber.Dup3, file.Number, 0, 0), "dup3", path);
    }
}
