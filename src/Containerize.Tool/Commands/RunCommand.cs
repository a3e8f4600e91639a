using System.CommandLine;
using Containerize.Containers;
using Containerize.Tool.Containers;

namespace Containerize.Tool.Commands;

/// <summary><c>run</c> and <c>create</c>: a container of an image, or of a project.</summary>
internal sealed class RunCommand
{
    internal const string Name = "run";
    internal const string CreateName = "create";

    private readonly Argument<string?> _image = new("IMAGE")
    {
        Description = "A local image, one at a registry, oci:FOLDER, oci-archive:FILE or docker-archive:FILE. Without it, the project of this folder.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<string[]> _arguments = new("ARGUMENTS") { Description = "The container's command or its arguments.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _name = ContainerOptions.One("--name", "NAME", "The container's name; without it, one is made.");
    private readonly Option<bool> _detach = ContainerOptions.Flag("--detach", "Leaves it running and prints its id.", "-d");
    private readonly Option<string?> _detachKeys = ContainerOptions.One("--detach-keys", "KEYS", "What leaves the terminal: ctrl-p,ctrl-q.");
    private readonly Option<bool?> _proxy = new("--sig-proxy") { Description = "Whether signals are passed on; true without a terminal.", HelpName = "true|false" };
    private readonly Option<string[]> _attached = ContainerOptions.Several("--attach", "STREAM", "Accepted: all streams are attached.", "-a");
    private readonly Option<string> _pull = new("--pull") { Description = "always, missing or never.", HelpName = "POLICY", DefaultValueFactory = _ => "missing" };
    private readonly Option<string?> _platform = PlatformOption.Create("The platform, of an image for several.");
    private readonly Option<string?> _idFile = ContainerOptions.One("--cidfile", "FILE", "Where the id is written.");
    private readonly Option<bool> _lease = ContainerOptions.Flag("--lease", "Ends it when our standard input ends, or we do: for what starts containers and may be killed.");
    private readonly Option<bool> _quiet = ContainerOptions.Flag("--quiet", "Says nothing of pulling.", "-q");
    private readonly Option<string?> _engine = ContainerOptions.One("--engine", "docker|podman", "Hands the image to that engine instead of running it here.");
    private readonly ProjectOptions _project = new();
    private readonly ContainerOptions _options = new();
    private readonly Option<Verbosity> _verbosity;
    private readonly Terminal _terminal;
    private readonly bool _starts;

    private RunCommand(Terminal terminal, Option<Verbosity> verbosity, bool starts)
    {
        (_terminal, _verbosity, _starts) = (terminal, verbosity, starts);
        _pull.AcceptOnlyFromAmong("always", "missing", "never");
    }

    internal static Command Create(Terminal terminal, Option<Verbosity> verbosity) => new RunCommand(terminal, verbosity, starts: true).Make();

    internal static Command CreateOnly(Terminal terminal, Option<Verbosity> verbosity) => new RunCommand(terminal, verbosity, starts: false).Make();

    /// <summary>The words of the runtime's attach.</summary>
    internal static IEnumerable<string> AttachWords(bool terminal, bool input, string? keys, bool? proxy) =>
    [
        .. terminal ? (string[])["--tty"] : [],
        .. input ? (string[])["--input"] : [],
        .. keys is null ? (string[])[] : ["--detach-keys", keys],
        .. proxy is { } given ? (string[])["--sig-proxy", given ? "true" : "false"] : [],
    ];

    private Command Make()
    {
        var command = new Command(_starts ? Name : CreateName, _starts ? "Runs a container of an image or a project." : "Makes a container and does not start it.")
        {
            _image, _arguments, _name, _detach, _detachKeys, _proxy, _attached, _pull, _platform, _idFile, _quiet, _engine,
        };
        _project.AddTo(command);
        _options.AddTo(command);
        if (_starts)
        {
            command.Options.Add(_lease);
        }

        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken token)
    {
        if (parsed.GetValue(_engine) is { } other)
        {
            return await OtherEngine.RunAsync(other, parsed.GetValue(_image), _terminal, token);
        }

        var engine = new LocalEngine(_terminal);
        var idFile = IdFile(parsed);
        var wishes = _options.Read(parsed, engine.Containers, _terminal) with { Command = parsed.GetValue(_arguments) ?? [] };
        var attach = AttachWords(parsed, wishes, engine);
        ProjectImage? project = null;
        if (parsed.GetValue(_image) is not { Length: > 0 } || _project.IsAsked(parsed))
        {
            project = _project.Read(parsed, engine, _terminal);
            // The first word is the program's then.
            wishes = wishes with { Command = [.. parsed.GetValue(_image) is { Length: > 0 } first ? (string[])[first] : [], .. wishes.Command] };
            if (_project.Watches(parsed))
            {
                return _starts && !parsed.GetValue(_detach)
                    ? await new ProjectWatch(engine, _terminal, project, wishes, attach).RunAsync(parsed.GetValue(_name), token)
                    : throw new ContainerizeException(5020, "reading --watch", "it stays in front of its container", "Leave out --detach, and use run.");
            }
        }

        var id = await MakeAsync(parsed, engine, project, wishes, token);
        if (idFile is not null)
        {
            File.WriteAllText(idFile, id);
        }

        if (!_starts)
        {
            _terminal.Out.WriteLine(id);
            return 0;
        }

        return parsed.GetValue(_detach) ? StartDetached(engine, id) : StartInFront(engine, id, [.. attach, .. CalledWords(parsed, project)]);
    }

    // What failed is named as it was on the command line.
    private string[] CalledWords(ParseResult parsed, ProjectImage? project) =>
        parsed.GetValue(_name) is { } name ? ["--called", $"the container '{name}'"] : project is null ? ["--called", $"a container of {parsed.GetValue(_image)}"] : [];

    private string? IdFile(ParseResult parsed)
    {
        var path = parsed.GetValue(_idFile) is { } file ? _terminal.PathOf(file) : null;
        return path is null || !File.Exists(path)
            ? path
            : throw new ContainerizeException(5020, $"reading --cidfile {path}", "the file exists", "Remove it, or name another.");
    }

    private List<string> AttachWords(ParseResult parsed, RunOptions wishes, LocalEngine engine)
    {
        var leased = _starts && parsed.GetValue(_lease);
        if (leased && (wishes.Interactive || parsed.GetValue(_detach)))
        {
            throw new ContainerizeException(5020, "reading --lease", "the standard input is the lease, which the container cannot have, and somebody has to stay in front of it", "Leave out --interactive and --detach.");
        }

        if (wishes.Terminal && _terminal.InputRedirected && !parsed.GetValue(_detach) && _starts)
        {
            engine.Warn("--tty: the input is no terminal");
        }

        return ["--start", .. AttachWords(wishes.Terminal, wishes.Interactive, parsed.GetValue(_detachKeys), parsed.GetValue(_proxy)), .. leased ? (string[])["--lease"] : []];
    }

    private async Task<string> MakeAsync(ParseResult parsed, LocalEngine engine, ProjectImage? project, RunOptions wishes, CancellationToken token)
    {
        string id;
        // Until a container has them, 'prune' would take the layers away.
        using (await engine.Layers.HoldAsync(token))
        {
            var ready = project is not null
                ? ProjectImage.Ready(await project.StageAsync(token))
                : await engine.PrepareAsync(
                    parsed.GetValue(_image)!, parsed.GetValue(_pull)!, parsed.GetValue(_platform), parsed.GetValue(_quiet) ? Verbosity.Quiet : parsed.GetValue(_verbosity), token);
            id = await new ContainerCreation(engine).MakeAsync(ready, wishes, parsed.GetValue(_name), token);
        }

        if (project is not null)
        {
            engine.RemoveSuperseded();
        }

        return id;
    }

    private int StartDetached(LocalEngine engine, string id)
    {
        var (code, why) = new Launching(engine).StartDetached(engine.Containers.PathsOf(id));
        _terminal.Out.WriteLine(id);
        if (code != 0)
        {
            Failure.Write(_terminal, "CTZ5025", $"starting the container {id[..12]}: {why}");
        }

        return code;
    }

    // We become the one in front of it.
    private static int StartInFront(LocalEngine engine, string id, List<string> attach)
    {
        new Launching(engine).Become(engine.Containers.PathsOf(id), attach);
        return Launching.Failed;
    }
}
