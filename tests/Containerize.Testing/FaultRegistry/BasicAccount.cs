using System.Text;
using Microsoft.AspNetCore.Http;

namespace Containerize.Testing;

/// <summary>The one account of a registry that asks for a password.</summary>
public sealed class BasicAccount(string user, string password)
{
    private readonly string _header = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    /// <summary>For <see cref="FaultRegistryOptions.Authorize"/>.</summary>
    public async Task<bool> AuthorizeAsync(HttpContext context)
    {
        if (Knows(context))
        {
            return true;
        }

        context.Response.Headers.WWWAuthenticate = "Basic realm=\"test, or not\"";
        await FaultAnswers.ErrorAsync(context, 401, "UNAUTHORIZED", "authentication required");
        return false;
    }

    internal bool Knows(HttpContext context) => context.Request.Headers.Authorization == _header;
}
