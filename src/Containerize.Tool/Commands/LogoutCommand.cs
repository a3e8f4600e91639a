using System.CommandLine;
using Containerize.Registries.Credentials;

namespace Containerize.Tool.Commands;

/// <summary><c>logout</c>: forgets what a login kept.</summary>
internal static class LogoutCommand
{
    internal static Command Create(Terminal terminal)
    {
        var registry = LoginCommand.RegistryArgument();
        var command = new Command("logout", "Forgets the credentials for a registry, with docker's helper and in its file.") { registry };
        command.SetAction(parsed =>
        {
            var name = RegistryLogin.RegistryOf(parsed.GetValue(registry));
            var store = new CredentialStore(terminal.Variable);
            terminal.Out.WriteLine(store.Erase(name, CancellationToken.None).Count > 0 ? $"Removing login credentials for {name}" : $"Not logged in to {name}");
            if (store.StillFound(name) is { } origin)
            {
                terminal.Error.WriteLine(Printable.Of($"There are still credentials for {name}: {origin}."));
            }

            return 0;
        });
        return command;
    }
}
