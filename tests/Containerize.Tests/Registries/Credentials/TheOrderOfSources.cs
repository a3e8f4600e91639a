using Containerize.Registries;
using Xunit;

namespace Containerize.Tests.Registries.Credentials;

public class TheOrderOfSources
{
    // All are there; the first is taken away, and the next one answers.
    [Fact]
    public async Task IsTheDocumentedOne()
    {
        using var home = new Home();
        foreach (var name in new[] { "for-host", "for-all", "in-variable", "in-podman" })
        {
            await home.HelperAsync(name, "helper", name);
        }

        const string Registry = "ghcr.io";
        string File(string user, string more = "") => Home.Auths(Registry, user, "p").Replace("{\"auths\"", "{" + more + "\"auths\"", StringComparison.Ordinal);
        void Pair(string user, string password, string who) => (home.Variables[user], home.Variables[password]) = (who, "p");
        Pair("CONTAINERIZE_PUSH_USERNAME_GHCR_IO", "CONTAINERIZE_PUSH_PASSWORD_GHCR_IO", "push");
        Pair("CONTAINERIZE_PULL_USERNAME_GHCR_IO", "CONTAINERIZE_PULL_PASSWORD_GHCR_IO", "pull");
        Pair("CONTAINERIZE_USERNAME_GHCR_IO", "CONTAINERIZE_PASSWORD_GHCR_IO", "host");
        Pair("DOTNET_CONTAINER_PUSH_REGISTRY_UNAME", "DOTNET_CONTAINER_PUSH_REGISTRY_PWORD", "dotnet-push");
        Pair("DOTNET_CONTAINER_PULL_REGISTRY_UNAME", "DOTNET_CONTAINER_PULL_REGISTRY_PWORD", "dotnet-pull");
        Pair("DOTNET_CONTAINER_REGISTRY_UNAME", "DOTNET_CONTAINER_REGISTRY_PWORD", "dotnet");
        Pair("SDK_CONTAINER_REGISTRY_UNAME", "SDK_CONTAINER_REGISTRY_PWORD", "sdk");
        home.Variables["DOCKER_AUTH_CONFIG"] = File("variable");
        home.Variables["REGISTRY_AUTH_FILE"] = home.Write("named.json", File("named"));
        home.Variables["XDG_RUNTIME_DIR"] = home["run"];
        home.Variables["XDG_CONFIG_HOME"] = home["config"];
        home.Variables["DOCKER_CONFIG"] = home["docker"];
        home.Variables["GITHUB_TOKEN"] = "p";
        home.Variables["GITHUB_ACTOR"] = "actor";
        var files = new[]
        {
            home.Write("run/containers/auth.json", File("run")),
            home.Write("config/containers/auth.json", File("config")),
            home.Write("home/.config/containers/auth.json", File("home-config")),
            home.Write("docker/config.json", File("entry", $$"""
                "credsStore":"for-all","credHelpers":{"{{Registry}}":"for-host"},
                """)),
            home.Write("home/.docker/config.json", File("home-docker")),
            home.Write("home/.dockercfg", $"{{\"{Registry}\":{{\"auth\":\"{Home.Auth("legacy", "p")}\"}}}}"),
        };
        var steps = new (string Push, string Pull, Action Remove)[]
        {
            ("push:p", "pull:p", () => Remove("CONTAINERIZE_PUSH_USERNAME_GHCR_IO", "CONTAINERIZE_PULL_USERNAME_GHCR_IO")),
            ("host:p", "host:p", () => Remove("CONTAINERIZE_PASSWORD_GHCR_IO")),
            ("dotnet-push:p", "dotnet-pull:p", () => Remove("DOTNET_CONTAINER_PUSH_REGISTRY_UNAME", "DOTNET_CONTAINER_PULL_REGISTRY_UNAME")),
            ("dotnet:p", "dotnet:p", () => Remove("DOTNET_CONTAINER_REGISTRY_PWORD")),
            ("sdk:p", "sdk:p", () => Remove("SDK_CONTAINER_REGISTRY_UNAME")),
            ("variable:p", "variable:p", () => Remove("DOCKER_AUTH_CONFIG")),
            ("named:p", "named:p", () => Remove("REGISTRY_AUTH_FILE")),
            ("run:p", "run:p", () => System.IO.File.Delete(files[0])),
            ("config:p", "config:p", () => Remove("XDG_CONFIG_HOME")),
            ("home-config:p", "home-config:p", () => System.IO.File.Delete(files[2])),
            ("helper:for-host", "helper:for-host", () => System.IO.File.Delete(home["bin/docker-credential-for-host"])),
            ("helper:for-all", "helper:for-all", () => System.IO.File.Delete(home["bin/docker-credential-for-all"])),
            ("entry:p", "entry:p", () => Remove("DOCKER_CONFIG")),
            ("home-docker:p", "home-docker:p", () => System.IO.File.Delete(files[4])),
            ("legacy:p", "legacy:p", () => System.IO.File.Delete(files[5])),
            ("actor:p", "actor:p", () => Remove("GITHUB_ACTOR")),
            ("token:p", "token:p", () => Remove("GITHUB_TOKEN")),
            ("nobody", "nobody", () => { }),
        };
        var found = new List<(string, string)>();
        foreach (var step in steps)
        {
            found.Add((home.Who(Registry, action: RegistryAction.Push), home.Who(Registry)));
            step.Remove();
        }

        Assert.Equal(steps.Select(s => (s.Push, s.Pull)), found);

        void Remove(params string[] names)
        {
            foreach (var name in names)
            {
                home.Variables.Remove(name);
            }
        }
    }

    [Fact]
    public void OfVariablesKnowsPorts()
    {
        using var home = new Home();
        home.Variables["CONTAINERIZE_USERNAME_LOCALHOST_5000"] = "u";
        home.Variables["CONTAINERIZE_PASSWORD_LOCALHOST_5000"] = "p";
        Assert.Equal("u:p", home.Who("localhost:5000"));
        Assert.Equal("nobody", home.Who("localhost:5001"));
        Assert.Equal(["The credentials for localhost:5000 are from CONTAINERIZE_USERNAME_LOCALHOST_5000."], home.Explained);
    }
}
