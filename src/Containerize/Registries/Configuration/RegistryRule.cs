namespace Containerize.Registries.Configuration;

/// <summary>One [[registry]] of registries.conf (containers-registries.conf(5)).</summary>
/// <param name="Prefix">The names it is for: registry[:port][/path], or *.domain.</param>
/// <param name="Location">What stands in place of the prefix when images are pulled; null: nothing else.</param>
/// <param name="IsInsecure">Whether its certificate is not looked at, and plain http is good enough.</param>
/// <param name="IsBlocked">Whether nothing may be got there.</param>
/// <param name="Mirrors">Places that are asked before it, in this order, when images are pulled.</param>
internal sealed record RegistryRule(string Prefix, string? Location, bool IsInsecure, bool IsBlocked, IReadOnlyList<RegistryMirror> Mirrors)
{
    /// <summary>How much of a name (registry/repository) the prefix covers; -1 where the rule is not for it.</summary>
    internal int Match(string name)
    {
        if (Prefix.StartsWith("*.", StringComparison.Ordinal))
        {
            var slash = name.IndexOf('/');
            return name[..slash].EndsWith(Prefix[1..], StringComparison.OrdinalIgnoreCase) ? slash : -1;
        }

        return name.StartsWith(Prefix, StringComparison.Ordinal) && (name.Length == Prefix.Length || name[Prefix.Length] is '/') ? Prefix.Length : -1;
    }
}

/// <summary>A mirror.</summary>
/// <param name="Location">What stands in place of the prefix there.</param>
/// <param name="IsInsecure">As that of the rule.</param>
/// <param name="Use">Which pulls it is for.</param>
internal sealed record RegistryMirror(string Location, bool IsInsecure, MirrorUse Use);

/// <summary>The pulls for which a mirror is asked (pull-from-mirror).</summary>
internal enum MirrorUse
{
    /// <summary>All.</summary>
    All,

    /// <summary>Those by digest: a mirror's tags may be behind.</summary>
    DigestOnly,

    /// <summary>Those by tag.</summary>
    TagOnly,
}
