using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Containerize.Registries.Configuration;

namespace Containerize.Registries;

/// <summary>What the machine's certs.d folders have for one registry (containers-certs.d(5)): authorities beside the system's, and who we are.</summary>
internal sealed class RegistryCertificates
{
    private readonly X509Certificate2Collection _authorities = [];
    private readonly X509Certificate2Collection _own = [];

    private RegistryCertificates()
    {
    }

    /// <summary>Reads them; CTZ4032 where one cannot be read.</summary>
    internal static RegistryCertificates Read(RegistryOptions options, string registry)
    {
        var certificates = new RegistryCertificates();
        foreach (var folder in RegistryPaths.Certificates(options, registry))
        {
            foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            {
                certificates.Add(file);
            }
        }

        return certificates;
    }

    /// <summary>Makes a connection's checks those of this registry; where there is nothing for it, they stay the system's.</summary>
    internal void Apply(SslClientAuthenticationOptions options)
    {
        if (_own.Count > 0)
        {
            options.ClientCertificates = _own;
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => _own[0];
        }

        if (_authorities.Count > 0)
        {
            options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                errors == SslPolicyErrors.None || (errors == SslPolicyErrors.RemoteCertificateChainErrors && IsFromAuthority(certificate, chain) ? true : throw Refused(errors, chain));
        }
    }

    private static AuthenticationException Refused(SslPolicyErrors errors, X509Chain? chain) => new(
        errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? "the certificate is for another name"
            : $"the certificate is not trusted: {string.Join(", ", (chain?.ChainStatus ?? []).Select(s => s.Status).Distinct())}");

    private bool IsFromAuthority(X509Certificate? certificate, X509Chain? sent)
    {
        if (certificate is not X509Certificate2 leaf)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(leaf);
    }

    // NAME.crt is an authority; NAME.cert with NAME.key is who we are.
    private void Add(string file)
    {
        try
        {
            switch (Path.GetExtension(file))
            {
                case ".crt":
                    _authorities.ImportFromPemFile(file);
                    break;
                case ".cert":
                    _own.Add(X509Certificate2.CreateFromPemFile(file, Path.ChangeExtension(file, ".key")));
                    break;
            }
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ContainerizeException(4032, $"reading the certificate {file}", e.Message.TrimEnd('.'), "It must be in PEM, and a .cert needs its .key beside it; correct it, or take it away.", e);
        }
    }
}
