namespace Containerize.Tool.Dotnet;

/// <summary>Gives a project that does not reference the package the same targets, by the hooks that MSBuild's common files have.</summary>
/// <remarks>
/// A project that references the package keeps its own: the injected files look for that themselves (containerize/Inject.props), because before a
/// project's first restore nobody else could tell. What the user has in these hooks is imported first.
/// </remarks>
/// <param name="Folder">The folder with Inject.props, Inject.targets and the package's content.</param>
/// <param name="Variable">Reads an environment variable.</param>
internal sealed record Injection(string Folder, Func<string, string?> Variable)
{
    private static readonly (string Hook, string Kept, string File)[] Hooks =
    [
        ("CustomAfterMicrosoftCommonProps", "_ContainerizeToolAfterProps", "Inject.props"),
        ("CustomAfterMicrosoftCommonTargets", "_ContainerizeToolAfterTargets", "Inject.targets"),
        ("CustomAfterMicrosoftCommonCrossTargetingTargets", "_ContainerizeToolAfterCrossTargets", "Inject.targets"),
    ];

    /// <summary>What stands beside the tool; null in a build of ours that carries no package.</summary>
    internal static Injection? Find(Func<string, string?> variable)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "containerize");
        return File.Exists(Path.Combine(folder, "Sdk", "Sdk.targets")) ? new Injection(folder, variable) : null;
    }

    /// <summary>Whether a property of the user's is a hook, and so passed on by us.</summary>
    internal static bool Takes(string property) => Hooks.Any(h => IsHook(property, h.Hook));

    /// <summary>The properties, <c>NAME=VALUE</c>.</summary>
    internal IEnumerable<string> Properties(IReadOnlyList<string> userProperties)
    {
        foreach (var (hook, kept, file) in Hooks)
        {
            yield return $"{hook}={Path.Combine(Folder, file)}";
            var own = userProperties.LastOrDefault(p => IsHook(p, hook)) is { } property ? property[(hook.Length + 1)..] : Variable(hook);
            if (!string.IsNullOrEmpty(own))
            {
                yield return $"{kept}={own}";
            }
        }
    }

    private static bool IsHook(string property, string hook) => property.StartsWith(hook + "=", StringComparison.OrdinalIgnoreCase);
}
