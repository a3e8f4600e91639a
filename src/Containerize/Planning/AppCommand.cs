namespace Containerize.Planning;

/// <summary>What starts the container: entrypoint and default arguments.</summary>
/// <param name="Entrypoint">The entrypoint; null keeps none.</param>
/// <param name="Cmd">The default arguments, which <c>docker run image args</c> replaces.</param>
public sealed record AppCommand(IReadOnlyList<string>? Entrypoint, IReadOnlyList<string>? Cmd)
{
    /// <summary>Combines settings and base as the SDK documents them (ContainerAppCommandInstruction).</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="appCommand">What starts the app where ContainerAppCommand is not set.</param>
    /// <param name="baseEntrypoint">The base image's entrypoint, or null.</param>
    public static AppCommand Combine(CommandSettings settings, IReadOnlyList<string> appCommand, IReadOnlyList<string>? baseEntrypoint)
    {
        // Old runtime images start "dotnet"; that is no entrypoint worth keeping.
        var kept = baseEntrypoint is { Count: > 0 } && !(baseEntrypoint.Count == 1 && baseEntrypoint[0] is "dotnet" or "/usr/bin/dotnet")
            ? baseEntrypoint
            : null;
        IReadOnlyList<string> app = settings.AppCommand.Count > 0 ? settings.AppCommand : appCommand;
        var entrypoint = settings.Entrypoint.Count > 0 ? settings.Entrypoint : null;
        var instruction = settings.Instruction
            ?? (entrypoint is null ? "Entrypoint" : settings.AppCommand.Count > 0 ? "DefaultArgs" : "None");
        switch (instruction)
        {
            case "Entrypoint":
                return new AppCommand([.. app, .. settings.AppCommandArgs], settings.DefaultArgs);
            case "DefaultArgs":
                return new AppCommand(
                    entrypoint is null ? kept : [.. entrypoint, .. settings.EntrypointArgs],
                    [.. app, .. settings.AppCommandArgs, .. settings.DefaultArgs]);
            default:
                // As the SDK did before ContainerDefaultArgs existed: the entrypoint's arguments are the ones a user replaces.
                return settings.DefaultArgs.Count == 0 && settings.Instruction is null
                    ? new AppCommand(entrypoint ?? kept, settings.EntrypointArgs)
                    : new AppCommand(entrypoint is null ? kept : [.. entrypoint, .. settings.EntrypointArgs], settings.DefaultArgs);
        }
    }
}
