using System.Text;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Registries.Credentials.Clouds;

/// <summary>
/// A refresh token of Azure Container Registry, for a service principal or a workload identity in the environment
/// (<see href="https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md"/>).
/// </summary>
internal sealed class AzureCredentials(RegistryOptions options) : ICredentialSource
{
    private static readonly string[] Domains = [".azurecr.io", ".azurecr.cn", ".azurecr.us"];

    public RegistryCredential? Find(CredentialQuery query)
    {
        var registry = query.Registry;
        if (!Domains.Any(d => registry.EndsWith(d, StringComparison.OrdinalIgnoreCase))
            || options.Environment("AZURE_TENANT_ID") is not { Length: > 0 } tenant
            || options.Environment("AZURE_CLIENT_ID") is not { Length: > 0 } client
            || Proof() is not { } proof)
        {
            return null;
        }

        var doing = $"logging in to {registry} with AZURE_CLIENT_ID";
        var request = new CloudRequest(options);
        var authority = options.Environment("AZURE_AUTHORITY_HOST") is { Length: > 0 } host ? host.TrimEnd('/') : "https://login.microsoftonline.com";
        var entra = request.Post(doing, new Uri($"{authority}/{Uri.EscapeDataString(tenant)}/oauth2/v2.0/token"), new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"), new("client_id", client), new("scope", "https://containerregistry.azure.net/.default"), .. proof,
        ]));
        var exchanged = request.Post(doing, new Uri($"https://{registry}/oauth2/exchange"), new FormUrlEncodedContent(
        [
            new("grant_type", "access_token"), new("service", registry), new("tenant", tenant),
            new("access_token", CloudRequest.Text(entra, "access_token", doing)),
        ]));
        return RegistryCredential.OfIdentity(CloudRequest.Text(exchanged, "refresh_token", doing), "AZURE_CLIENT_ID");
    }

    // A secret, or the signed statement of the cluster that we run in.
    private KeyValuePair<string, string>[]? Proof()
    {
        if (options.Environment("AZURE_CLIENT_SECRET") is { Length: > 0 } secret)
        {
            return [new("client_secret", secret)];
        }

        return options.Environment("AZURE_FEDERATED_TOKEN_FILE") is { Length: > 0 } file && AtomicFile.TryRead(file, OciJson.MaxDocumentBytes) is { } token
            ? [new("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), new("client_assertion", Encoding.UTF8.GetString(token).Trim())]
            : null;
    }
}
