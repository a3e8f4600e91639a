namespace Containerize.Runtime.Seccomp;

/// <summary>The one wording of what is wrong with a container's seccomp profile.</summary>
internal static class SeccompErrors
{
    /// <summary>The profile says something that cannot be done.</summary>
    public static ContainerizeException Invalid(string why, string next) => Failure.Of(6040, "reading the container's seccomp profile", why, next);

    /// <summary>The profile needs a program that is too long.</summary>
    public static ContainerizeException TooLong() =>
        Invalid($"its filter has more than the {SeccompFilter.MostInstructions} instructions that the kernel takes", "Use fewer conditions.");
}
