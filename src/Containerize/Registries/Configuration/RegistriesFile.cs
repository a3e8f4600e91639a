using Tomlyn;

namespace Containerize.Registries.Configuration;

/// <summary>A registries.conf, version 2 (containers-registries.conf(5)).</summary>
internal static class RegistriesFile
{
    /// <summary>Whether there may be a rule in it: what distributions install is comments only, and is not worth a parser.</summary>
    internal static bool HasRules(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.TrimStart() is ['[', ..] header && header.Contains("registry", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Its rules.</summary>
    /// <exception cref="FormatException">It is not TOML, or a rule is not as it should be.</exception>
    internal static IReadOnlyList<RegistryRule> Parse(string text)
    {
        try
        {
            var document = TomlSerializer.Deserialize(text, RegistriesToml.Default.RegistriesDocument);
            return [.. (document?.Registry ?? []).Select(Rule)];
        }
        catch (TomlException e)
        {
            throw new FormatException(e.Message.Split('\n')[0].TrimEnd('\r', '.', ' '), e);
        }
    }

    private static RegistryRule Rule(RegistryDocument rule)
    {
        var prefix = rule.Prefix is { Length: > 0 } given ? given : rule.Location;
        return string.IsNullOrEmpty(prefix)
            ? throw new FormatException("a [[registry]] has neither a prefix nor a location")
            : new RegistryRule(prefix.TrimEnd('/'), rule.Location?.TrimEnd('/'), rule.Insecure, rule.Blocked, [.. (rule.Mirror ?? []).Select(m => Mirror(m, rule.MirrorByDigestOnly))]);
    }

    private static RegistryMirror Mirror(MirrorDocument mirror, bool byDigest)
    {
        var use = mirror.PullFromMirror switch
        {
            null or "" => byDigest ? MirrorUse.DigestOnly : MirrorUse.All,
            "all" => MirrorUse.All,
            "digest-only" => MirrorUse.DigestOnly,
            "tag-only" => MirrorUse.TagOnly,
            var other => throw new FormatException($"pull-from-mirror is '{other}', not all, digest-only or tag-only"),
        };
        return mirror.Location is { Length: > 0 } location
            ? new RegistryMirror(location.TrimEnd('/'), mirror.Insecure, use)
            : throw new FormatException("a mirror has no location");
    }
}
