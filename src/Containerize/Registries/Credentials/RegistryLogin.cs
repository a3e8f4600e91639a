using System.Net;
using Containerize.Registries.Configuration;

namespace Containerize.Registries.Credentials;

/// <summary>Asks a registry whether it takes a user and a password: <c>GET /v2/</c>, and what that demands.</summary>
public sealed class RegistryLogin(RegistryOptions options)
{
    /// <summary>The registry that a user means: nothing is Docker Hub, and addresses are read as docker reads them; CTZ4024 where it is none.</summary>
    public static string RegistryOf(string? text)
    {
        var registry = string.IsNullOrEmpty(text) ? ReferenceGrammar.DockerHub : CredentialFile.RegistryOf(text);
        return ReferenceGrammar.IsRegistry(registry)
            ? registry
            : throw new ContainerizeException(4024, $"reading the registry's name '{text}'", "it is not of the form host[:port]", "Write it without a repository, for example localhost:5000.");
    }

    /// <summary>Returns where the registry takes them; CTZ4022 where it does not, CTZ4023 where it is no registry.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="user">The user.</param>
    /// <param name="password">The password.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public void Check(string registry, string user, Secret password, CancellationToken cancellationToken)
    {
        var doing = $"logging in to {registry} as {user}";
        var credential = new RegistryCredential(user, password, "this login");
        using var http = new RegistryHttp(RegistryEndpoint.Of(registry, RegistryConfiguration.Read(options).Trusts(registry)), options with { Credential = credential });
        var request = new RegistryRequest(HttpMethod.Get, new Uri(http.Endpoint.Base, "v2/"), doing) { Scope = RegistryScope.None };
        try
        {
            using var response = http.Send(request, [HttpStatusCode.OK], cancellationToken);
        }
        catch (ContainerizeException e) when (e.Number == 4004)
        {
            throw new ContainerizeException(
                4022, doing, e.Why, "Check both; some registries want an access token in place of the password. Nothing was stored.", e.InnerException);
        }
        catch (ContainerizeException e) when (e.Number is 4005 or 4006)
        {
            throw new ContainerizeException(4023, doing, e.Why, "Check the registry's name: it does not answer at /v2/ as registries do.", e.InnerException);
        }
    }
}
