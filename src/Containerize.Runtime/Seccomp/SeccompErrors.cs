namespace Containerize.Runtime.Seccomp;

/// <summary>The one wording of what is wrong with a container's seccomp profile.</summary>
internal static class SeccompErrors
{
    /// <summary>The profile says something that cannot be done.</summary>
    public static ContainerizeException Invalid(string why, string next) => new(8040, "reading the container's seccomp profile", why, next);
}
