using System.Text;
using System.Text.Json;
using Containerize.Oci;
using Containerize.Storage;

namespace Containerize.Registries.Configuration;

/// <summary>What podman's registries.conf, docker's daemon.json and the environment say of registries.</summary>
internal sealed class RegistryConfiguration
{
    private readonly List<RegistryRule> _rules;
    private readonly DaemonFile _daemon;
    private readonly string[] _insecure;

    private RegistryConfiguration(List<RegistryRule> rules, DaemonFile daemon, string[] insecure)
    {
        _rules = rules;
        _daemon = daemon;
        _insecure = insecure;
    }

    /// <summary>Reads the files; one that cannot be understood is reported and left out.</summary>
    internal static RegistryConfiguration Read(RegistryOptions options)
    {
        var rules = new List<RegistryRule>();
        foreach (var path in RegistryPaths.Registries(options))
        {
            foreach (var rule in Rules(path, options.Report))
            {
                // As podman: a file that is read later has the last word on a prefix.
                rules.RemoveAll(r => r.Prefix == rule.Prefix);
                rules.Add(rule);
            }
        }

        var insecure = (options.Environment("DOTNET_CONTAINER_INSECURE_REGISTRIES") ?? "")
            .Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new RegistryConfiguration(rules, Daemon(RegistryPaths.Daemon(options), options.Report), insecure);
    }

    /// <summary>Where an image is looked for, in this order: mirrors, then the registry itself; CTZ4030 where that is blocked.</summary>
    internal IReadOnlyList<RegistryRoute> Pull(Reference reference)
    {
        var routes = new List<RegistryRoute>();
        var name = $"{reference.Registry}/{reference.Repository}";
        var rule = Find(name);
        Check(rule, reference);
        foreach (var mirror in rule?.Mirrors ?? [])
        {
            if (mirror.Use == MirrorUse.All || (mirror.Use == MirrorUse.DigestOnly) == (reference.Digest is not null))
            {
                routes.Add(new(Rename(reference, mirror.Location + name[rule!.Match(name)..]), mirror.IsInsecure));
            }
        }

        if (reference.Registry == ReferenceGrammar.DockerHub)
        {
            foreach (var mirror in _daemon.Mirrors)
            {
                // They are addresses; what is asked there is as on Docker Hub.
                if (Uri.TryCreate(mirror, UriKind.Absolute, out var uri))
                {
                    routes.Add(new(Rename(reference, $"{uri.Authority}{uri.AbsolutePath.TrimEnd('/')}/{reference.Repository}"), IsInsecure(uri.Authority) || uri.Scheme == Uri.UriSchemeHttp));
                }
            }
        }

        var own = rule?.Location is { } location ? Rename(reference, location + name[rule.Match(name)..]) : reference;
        routes.Add(new(own, rule?.IsInsecure == true || IsInsecure(own.Registry)));
        return routes;
    }

    /// <summary>The registry itself, whatever mirrors it has: there images are pushed, and tags listed; CTZ4030 where it is blocked.</summary>
    internal RegistryRoute Own(Reference reference)
    {
        var rule = Find($"{reference.Registry}/{reference.Repository}");
        Check(rule, reference);
        return new RegistryRoute(reference, rule?.IsInsecure == true || IsInsecure(reference.Registry));
    }

    /// <summary>Whether a whole registry is insecure, whatever is said of parts of it.</summary>
    internal bool Trusts(string registry) => Find(registry + "/")?.IsInsecure == true || IsInsecure(registry);

    // The longest prefix; one without a wildcard where they are alike.
    private RegistryRule? Find(string name)
    {
        RegistryRule? best = null;
        foreach (var rule in _rules)
        {
            var length = rule.Match(name);
            if (length >= 0 && (best is null || length > best.Match(name) || (length == best.Match(name) && best.Prefix[0] == '*')))
            {
                best = rule;
            }
        }

        return best;
    }

    private bool IsInsecure(string registry) => _insecure.Contains(registry, StringComparer.OrdinalIgnoreCase) || _daemon.Covers(registry);

    private static void Check(RegistryRule? rule, Reference reference)
    {
        if (rule?.IsBlocked == true)
        {
            throw new ContainerizeException(
                4030, $"reaching {reference}", $"registries.conf blocks {rule.Prefix}", "Use another registry, or take 'blocked' out of registries.conf.");
        }
    }

    private static Reference Rename(Reference reference, string name)
    {
        return Reference.TryParse(name + reference.Suffix, out var renamed)
            ? renamed
            : throw new ContainerizeException(4031, $"looking for {reference}", $"its registry's configuration leads to '{name}', which is no name", "Correct the location in registries.conf, or the mirror in daemon.json.");
    }

    private static IReadOnlyList<RegistryRule> Rules(string path, Action<string> report)
    {
        try
        {
            var text = AtomicFile.TryRead(path, OciJson.MaxDocumentBytes) is { } bytes ? Encoding.UTF8.GetString(bytes) : "";
            return RegistriesFile.HasRules(text) ? RegistriesFile.Parse(text) : [];
        }
        catch (Exception e) when (e is FormatException or ContainerizeException)
        {
            report($"{path} is left out: {e.Message}");
            return [];
        }
    }

    private static DaemonFile Daemon(string path, Action<string> report)
    {
        try
        {
            return AtomicFile.TryRead(path, OciJson.MaxDocumentBytes) is { Length: > 0 } bytes ? DaemonFile.Parse(bytes) : new DaemonFile([], []);
        }
        catch (Exception e) when (e is JsonException or ContainerizeException)
        {
            report($"{path} is left out: {(e is JsonException ? "it is not valid JSON." : e.Message)}");
            return new DaemonFile([], []);
        }
    }
}
