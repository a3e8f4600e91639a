using System.CommandLine;
using Containerize.Tool.Commands;

namespace Containerize.Tool;

/// <summary>The commands, each made when it is asked for: to make all of them takes longer than what most of them do.</summary>
internal static class CommandTable
{
    /// <summary>The names in the order of the help.</summary>
    internal static readonly IReadOnlyList<string> Names =
    [
        "build", "plan", "images", "inspect", "tag", "rmi", "save", "load", "push", "pull", "copy", "tags", "manifest", "login", "logout", "completion",
        "run", "create", "start", "stop", "restart", "kill", "pause", "unpause", "wait", "rm", "ps", "exec", "attach", "logs", "port", "rename", "top", "stats",
        "events", "cp", "diff", "commit", "export", "prune", "volume", "network", "doctor",
    ];

    /// <summary>The command that has this name, or all where none has.</summary>
    internal static IEnumerable<Command> Create(string? word, Terminal terminal, Option<Verbosity> verbosity) =>
        word is not null && Find(word, terminal, verbosity) is { } command ? [command] : Names.Select(name => Find(name, terminal, verbosity)!);

    private static Command? Find(string name, Terminal terminal, Option<Verbosity> verbosity) => name switch
    {
        "build" => BuildCommand.Create(terminal, verbosity),
        "plan" => PlanCommand.Create(terminal, verbosity),
        "images" => ImagesCommand.Create(terminal),
        "inspect" => InspectCommand.Create(terminal),
        "tag" => TagCommand.Create(terminal),
        "rmi" => RemoveCommand.Create(terminal),
        "save" => SaveCommand.Create(terminal),
        "load" => LoadCommand.Create(terminal),
        "push" => PushCommand.Create(terminal, verbosity),
        "pull" => PullCommand.Create(terminal, verbosity),
        "copy" => CopyCommand.Create(terminal, verbosity),
        "tags" => TagsCommand.Create(terminal, verbosity),
        "manifest" => ManifestCommand.Create(terminal, verbosity),
        "login" => LoginCommand.Create(terminal, verbosity),
        "logout" => LogoutCommand.Create(terminal),
        "completion" => CompletionCommand.Create(terminal),
        RunCommand.Name => RunCommand.Create(terminal, verbosity),
        RunCommand.CreateName => RunCommand.CreateOnly(terminal, verbosity),
        "start" => StartCommand.Create(terminal),
        "stop" => StopCommand.Create(terminal),
        "restart" => StartCommand.CreateRestart(terminal),
        "kill" => StopCommand.CreateKill(terminal),
        "pause" => StopCommand.CreatePause(terminal),
        "unpause" => StopCommand.CreateUnpause(terminal),
        "wait" => StopCommand.CreateWait(terminal),
        "rm" => RemoveContainersCommand.Create(terminal),
        "ps" or "ls" => PsCommand.Create(terminal),
        ExecCommand.Name => ExecCommand.Create(terminal),
        "attach" => AttachCommand.Create(terminal),
        "logs" => LogsCommand.Create(terminal),
        "port" => PortCommand.Create(terminal),
        "rename" => PortCommand.CreateRename(terminal),
        "top" => TopCommand.Create(terminal),
        "stats" => StatsCommand.Create(terminal),
        "events" => EventsCommand.Create(terminal),
        "cp" => CopyFilesCommand.Create(terminal),
        "diff" => DiffCommand.Create(terminal),
        "commit" => CommitCommand.Create(terminal),
        "export" => ExportCommand.Create(terminal),
        "prune" => PruneCommand.Create(terminal),
        "volume" => VolumeCommand.Create(terminal),
        "network" => NetworkCommand.Create(terminal),
        "doctor" => DoctorCommand.Create(terminal),
        _ => null,
    };
}
