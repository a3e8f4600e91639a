using System.CommandLine;
using Containerize.Tool.Containers;

namespace Containerize.Tool.Commands;

/// <summary><c>run</c> and <c>create</c>: a container of an image, or of a project.</summary>
internal static class RunCommand
{
    internal const string Name = "run";
    internal const string CreateName = "create";

    internal static Command Create(Terminal terminal, Option<Verbosity> verbosity) => Create(terminal, verbosity, starts: true);

    internal static Command CreateOnly(Terminal terminal, Option<Verbosity> verbosity) => Create(terminal, verbosity, starts: false);

    private static Command Create(Terminal terminal, Option<Verbosity> verbosity, bool starts)
    {
        var image = new Argument<string?>("IMAGE")
        {
            Description = "A local image, one at a registry, oci:FOLDER, oci-archive:FILE or docker-archive:FILE. Without it, the project of this folder.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var arguments = new Argument<string[]>("ARGUMENTS") { Description = "The container's command or its arguments.", Arity = ArgumentArity.ZeroOrMore };
        var name = ContainerOptions.One("--name", "NAME", "The container's name; without it, one is made.");
        var detach = ContainerOptions.Flag("--detach", "Leaves it running and prints its id.", "-d");
        var detachKeys = ContainerOptions.One("--detach-keys", "KEYS", "What leaves the terminal: ctrl-p,ctrl-q.");
        var proxy = new Option<bool?>("--sig-proxy") { Description = "Whether signals are passed on; true without a terminal.", HelpName = "true|false" };
        var attached = ContainerOptions.Several("--attach", "STREAM", "Accepted: all streams are attached.", "-a");
        var pull = new Option<string>("--pull") { Description = "always, missing or never.", HelpName = "POLICY", DefaultValueFactory = _ => "missing" };
        pull.AcceptOnlyFromAmong("always", "missing", "never");
        var platform = PlatformOption.Create("The platform, of an image for several.");
        var idFile = ContainerOptions.One("--cidfile", "FILE", "Where the id is written.");
        var lease = ContainerOptions.Flag("--lease", "Ends it when our standard input ends, or we do: for what starts containers and may be killed.");
        var quiet = ContainerOptions.Flag("--quiet", "Says nothing of pulling.", "-q");
        var engineName = ContainerOptions.One("--engine", "docker|podman", "Hands the image to that engine instead of running it here.");
        var project = new ProjectOptions();
        var options = new ContainerOptions();
        var command = new Command(starts ? Name : CreateName, starts ? "Runs a container of an image or a project." : "Makes a container and does not start it.")
        {
            image, arguments, name, detach, detachKeys, proxy, attached, pull, platform, idFile, quiet, engineName,
        };
        project.AddTo(command);
        options.AddTo(command);
        if (starts)
        {
            command.Options.Add(lease);
        }

        command.SetAction(async (parsed, token) =>
        {
            var words = parsed.GetValue(arguments) ?? [];
            if (parsed.GetValue(engineName) is { } other)
            {
                return await OtherEngine.RunAsync(other, parsed.GetValue(image), terminal, token);
            }

            var engine = new LocalEngine(terminal);
            var idPath = parsed.GetValue(idFile) is { } file ? terminal.PathOf(file) : null;
            if (idPath is not null && File.Exists(idPath))
            {
                throw new ContainerizeException(5020, $"reading --cidfile {idPath}", "the file exists", "Remove it, or name another.");
            }

            var wishes = options.Read(parsed, engine.Containers, terminal) with { Command = words };
            var leased = starts && parsed.GetValue(lease);
            if (leased && (wishes.Interactive || parsed.GetValue(detach)))
            {
                throw new ContainerizeException(5020, "reading --lease", "the standard input is the lease, which the container cannot have, and somebody has to stay in front of it", "Leave out --interactive and --detach.");
            }

            if (wishes.Terminal && terminal.InputRedirected && !parsed.GetValue(detach) && starts)
            {
                engine.Warn("--tty: the input is no terminal");
            }

            List<string> attach =
            [
                "--start", .. AttachWords(wishes.Terminal, wishes.Interactive, parsed.GetValue(detachKeys), parsed.GetValue(proxy)), .. leased ? (string[])["--lease"] : [],
            ];
            ProjectImage? ofProject = null;
            if (parsed.GetValue(image) is not { Length: > 0 } imageName || project.IsAsked(parsed))
            {
                ofProject = project.Read(parsed, engine, terminal);
                wishes = wishes with { Command = [.. parsed.GetValue(image) is { Length: > 0 } first ? (string[])[first] : [], .. words] };
                if (project.Watches(parsed))
                {
                    return starts && !parsed.GetValue(detach)
                        ? await new ProjectWatch(engine, terminal, ofProject, wishes, attach).RunAsync(parsed.GetValue(name), token)
                        : throw new ContainerizeException(5020, "reading --watch", "it stays in front of its container", "Leave out --detach, and use run.");
                }

                imageName = "";
            }

            // Until a container has them, 'prune' would take the layers away.
            string id;
            using (await engine.Layers.HoldAsync(token))
            {
                var ready = ofProject is not null
                    ? ProjectImage.Ready(await ofProject.StageAsync(token))
                    : await engine.PrepareAsync(imageName, parsed.GetValue(pull)!, parsed.GetValue(platform), parsed.GetValue(quiet) ? Verbosity.Quiet : parsed.GetValue(verbosity), token);
                id = await new ContainerCreation(engine).MakeAsync(ready, wishes, parsed.GetValue(name), token);
            }

            if (ofProject is not null)
            {
                engine.RemoveSuperseded();
            }

            var paths = engine.Containers.PathsOf(id);
            if (idPath is not null)
            {
                File.WriteAllText(idPath, id);
            }

            if (!starts)
            {
                terminal.Out.WriteLine(id);
                return 0;
            }

            var launching = new Launching(engine);
            if (parsed.GetValue(detach))
            {
                var (code, why) = launching.StartDetached(paths);
                terminal.Out.WriteLine(id);
                if (code != 0)
                {
                    Failure.Write(terminal, "CTZ5025", $"starting the container {id[..12]}: {why}");
                }

                return code;
            }

            launching.Become(paths, attach);
            return Launching.Failed;
        });
        return command;
    }

    /// <summary>The words of the runtime's attach.</summary>
    internal static IEnumerable<string> AttachWords(bool terminal, bool input, string? keys, bool? proxy) =>
    [
        .. terminal ? (string[])["--tty"] : [],
        .. input ? (string[])["--input"] : [],
        .. keys is null ? (string[])[] : ["--detach-keys", keys],
        .. proxy is { } given ? (string[])["--sig-proxy", given ? "true" : "false"] : [],
    ];
}
