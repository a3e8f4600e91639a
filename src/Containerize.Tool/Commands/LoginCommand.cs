using System.CommandLine;
using System.Text;
using Containerize.Registries;
using Containerize.Registries.Credentials;

namespace Containerize.Tool.Commands;

/// <summary><c>login</c>: checks a user and a password at a registry, and keeps them where docker, podman and skopeo look.</summary>
internal static class LoginCommand
{
    // What somebody pipes by mistake is not read to its end.
    private const int MaxPasswordBytes = 1024 * 1024;

    internal static Command Create(Terminal terminal, Option<Verbosity> verbosity)
    {
        var registry = RegistryArgument();
        var user = new Option<string>("--username", "-u") { Description = "The user; asked for at a terminal where it is not given.", HelpName = "USER" };
        var password = new Option<string>("--password", "-p") { Description = "The password, which others on this machine see in the list of processes.", HelpName = "PASSWORD" };
        var fromInput = new Option<bool>("--password-stdin") { Description = "Reads the password from standard input." };
        var command = new Command("login", "Checks a user and a password at a registry, and keeps them for docker, podman, skopeo and us.") { registry, user, password, fromInput };
        command.Validators.Add(result =>
        {
            if (result.GetValue(fromInput) && result.GetValue(password) is not null)
            {
                result.AddError("--password and --password-stdin are mutually exclusive");
            }
            else if (result.GetValue(fromInput) && string.IsNullOrEmpty(result.GetValue(user)))
            {
                result.AddError("--password-stdin needs --username");
            }
        });
        command.SetAction(async (parsed, token) =>
        {
            var name = RegistryLogin.RegistryOf(parsed.GetValue(registry));
            // Before anything is asked or sent: there must be a place to keep it.
            var store = new CredentialStore(terminal.Variable);
            if (parsed.GetValue(password) is not null && parsed.GetValue(verbosity) != Verbosity.Quiet)
            {
                terminal.Error.WriteLine("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
            }

            var prompt = new Prompt(terminal, name);
            var who = parsed.GetValue(user) is { Length: > 0 } given ? given : await prompt.AskAsync("Username", hidden: false, token);
            var secret = parsed.GetValue(fromInput) ? FromInput(terminal) : parsed.GetValue(password) ?? await prompt.AskAsync("Password", hidden: true, token);
            if (who.Length == 0 || secret.Length == 0)
            {
                throw Prompt.Missing(name, who.Length == 0 ? "the user name is empty" : "the password is empty");
            }

            new RegistryLogin(new RegistryOptions { Environment = terminal.Variable }).Check(name, who, new Secret(secret), token);
            var place = store.Store(name, who, new Secret(secret), token);
            if (parsed.GetValue(verbosity) >= Verbosity.Normal)
            {
                terminal.Error.WriteLine(Printable.Of($"The credentials for {name} are kept in {place}."));
            }

            terminal.Out.WriteLine("Login Succeeded");
            return 0;
        });
        return command;
    }

    /// <summary>The registry, which is Docker Hub where it is not given.</summary>
    internal static Argument<string> RegistryArgument() => new("REGISTRY")
    {
        Description = "The registry, host[:port]; without one, Docker Hub.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    // As docker has it: without the end of its line.
    private static string FromInput(Terminal terminal)
    {
        using var input = terminal.OpenInput();
        using var bytes = new MemoryStream();
        var buffer = new byte[4096];
        int count;
        while (bytes.Length < MaxPasswordBytes && (count = input.Read(buffer)) > 0)
        {
            bytes.Write(buffer, 0, count);
        }

        return Encoding.UTF8.GetString(bytes.ToArray()).TrimEnd('\n', '\r');
    }
}
