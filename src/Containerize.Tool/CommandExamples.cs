using System.CommandLine;

namespace Containerize.Tool;

/// <summary>What the help of each command shows at its end.</summary>
internal static class CommandExamples
{
    internal static IReadOnlyList<string> For(Command command) => command is RootCommand
        ? ["dotnet containerize build", "dotnet containerize images", "dotnet containerize inspect app"]
        : command.Name switch
        {
            "build" =>
            [
                "dotnet containerize build                           the project in this folder",
                "dotnet containerize build src/Web -t team/web:1.2   with a name of its own",
                "dotnet containerize build -r linux-arm64 -p ContainerFamily=alpine",
                "dotnet containerize build Shop.slnx --format json   every program of a solution",
            ],
            "plan" =>
            [
                "dotnet containerize plan                            layers and configuration to come",
                "dotnet containerize plan --sources                  every file, and where it is from",
                "dotnet containerize plan src/Web -r linux-arm64 --format json",
            ],
            "images" =>
            [
                "dotnet containerize images",
                "dotnet containerize images team/web                 one repository",
                "dotnet containerize images --quiet                  short digests only, for scripts",
            ],
            "inspect" =>
            [
                "dotnet containerize inspect app",
                "dotnet containerize inspect oci-archive:app.tar     what is in a file",
                "dotnet containerize inspect app --platform linux/arm64 --format json",
            ],
            "tag" => ["dotnet containerize tag app localhost:5000/team/app:1.2"],
            "rmi" => ["dotnet containerize rmi app:1.2", "dotnet containerize rmi -f 3f2a9c41b07d          the image with all its names"],
            "save" =>
            [
                "dotnet containerize save app -o app.tar",
                "dotnet containerize save app db -o both.tar.gz      several in one file, compressed",
                "dotnet containerize save app | podman load",
            ],
            "load" => ["dotnet containerize load -i app.tar", "podman save app | dotnet containerize load"],
            "push" =>
            [
                "dotnet containerize push registry.example.com/team/app:1.2",
                "dotnet containerize push app localhost:5000/team/app:1.2    under another name",
                "dotnet containerize push app one.example.com/app two.example.com/app    to both or to none",
            ],
            "pull" =>
            [
                "dotnet containerize pull mcr.microsoft.com/dotnet/aspnet:10.0",
                "dotnet containerize pull alpine --platform linux/arm64",
                "dotnet containerize pull alpine --all-platforms",
            ],
            "copy" =>
            [
                "dotnet containerize copy one.example.com/team/app:1.2 two.example.com/team/app:1.2",
                "dotnet containerize copy alpine oci:alpine          a folder",
                "dotnet containerize copy oci-archive:app.tar localhost:5000/app --platform linux/arm64",
            ],
            "tags" => ["dotnet containerize tags localhost:5000/team/app", "dotnet containerize tags alpine --format json"],
            "manifest" =>
            [
                "dotnet containerize manifest alpine                 the index, as it is",
                "dotnet containerize manifest alpine --platform linux/arm64",
                "dotnet containerize manifest local:app --format json",
            ],
            "login" =>
            [
                "dotnet containerize login registry.example.com",
                "dotnet containerize login ghcr.io -u USER --password-stdin < token",
                "dotnet containerize login                           to Docker Hub",
            ],
            "logout" => ["dotnet containerize logout registry.example.com", "dotnet containerize logout                          from Docker Hub"],
            "completion" =>
            [
                "dotnet containerize completion bash >> ~/.bashrc",
                "dotnet containerize completion zsh >> ~/.zshrc",
                "dotnet containerize completion fish > ~/.config/fish/completions/dotnet-containerize.fish",
                "dotnet containerize completion pwsh >> $PROFILE",
            ],
            "cp" =>
            [
                "dotnet containerize cp web:/var/log/app.log .",
                "dotnet containerize cp config/. web:/etc/app        what is in the folder",
                "dotnet containerize cp web:/data - | tar -t",
            ],
            "diff" => ["dotnet containerize diff web", "dotnet containerize diff web --format json"],
            "commit" => ["dotnet containerize commit web team/web:fixed", "dotnet containerize commit -m 'more tools' -c 'CMD [\"/bin/more\"]' web tools:1"],
            "export" => ["dotnet containerize export web -o web.tar", "dotnet containerize export web | tar -t"],
            _ => [],
        };
}
